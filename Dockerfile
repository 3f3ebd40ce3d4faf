# The web chat in a container. The index is built into the image; nothing is fetched when it runs.
#
#   docker build --build-arg TORCH_INDEX="<address of PyTorch's CPU index>" -t lamplight .
#   docker run --rm -p 127.0.0.1:7860:7860 lamplight
#
# TORCH_INDEX is the address that PyTorch's own install page gives for Linux, pip, CPU. Left out, the
# registry's own build is installed, which on x86-64 brings gigabytes of CUDA that are never used.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_ROOT_USER_ACTION=ignore

WORKDIR /app

# Dependencies first: this layer is built again only when they change.
COPY pyproject.toml constraints.txt ./
ARG TORCH_INDEX=""
RUN if [ -n "$TORCH_INDEX" ]; then \
        pip install --no-deps --index-url "$TORCH_INDEX" "$(grep -E '^torch==' constraints.txt)"; \
    fi
RUN python -c "import tomllib; p = tomllib.load(open('pyproject.toml', 'rb')); print(*p['project']['dependencies'], 'setuptools', sep='\n')" > /tmp/requirements.txt \
    && pip install -c constraints.txt -r /tmp/requirements.txt \
    && rm /tmp/requirements.txt

# Installed in place, because the corpus is read from beside the code.
COPY README.md LICENSE NOTICE ./
COPY LICENSES/ LICENSES/
COPY app.py ./
COPY chatbot/ chatbot/
COPY corpus/ corpus/
RUN pip install --no-deps --no-build-isolation -e .

# The one folder that is written to; Chroma opens its files for writing even to read them.
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin lamplight \
    && mkdir .lamplight \
    && chown lamplight .lamplight
USER 10001
ENV HOME=/tmp
RUN lamplight index

ENV LAMPLIGHT_SERVER__HOST=0.0.0.0
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:7860/healthz', timeout=4)"]
CMD ["lamplight", "serve"]
