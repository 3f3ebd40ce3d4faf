"""Serves the web chat: `python app.py`. The same as `lamplight serve`."""

from chatbot.settings import Settings
from chatbot.ui import serve

if __name__ == "__main__":
    serve(Settings.load())
