"""Interpretation: which questions a message puts, alone or going on from the conversation.

No language model: a message goes on from the last answer when it asks for more of it, points back
("is that the same for kids?"), or leaves its subject out ("what about at night?"). Whether the
subject was changed after all is decided by retrieval, which looks both ways.
"""

import re

from chatbot.schema import Conversation, Question, Topic
from chatbot.small_talk import small_talk

MOST_PARTS = 3
REACH = 3
"""How many turns back an answer may lie and still be what "it" means."""
SHORT = 10
"""Words up to which a message is read in the light of those before it."""

_MORE = re.compile(
    r"(ok |okay |and |so |yes |please |can you |could you |pls |thanks |hm+ |i )*"
    r"(tell me (a bit |some |a little )?more( please| about (it|this|that|them))?|more( please| info| information| details?| about (it|this|that))?"
    r"|go on|continue|carry on|keep going|say more|what else|anything else|whats next|and then|and|explain( more| further| that| it)?( please)?"
    r"|(give me |want |need |know |have )*(more|further) (info|information|details?|about (it|this|that))|elaborate|in more detail|expand( on (that|this|it))?"
    r"|want to know more|id like to know more|(is there|anything) more)( please| pls)?"
)
_LEADS_BACK = re.compile(
    r"^(and |but |so |ok |okay |also |then )*(what|how) about\b|^(and|but|or|also|plus)\b|^(why|how come|since when|how so|such as|like what|for how long|how long|how often|how much|which ones?|is there a cure|"
    r"who|when|where)( is| does| do| not| then| so| for)?( that| it| this| they| the case)?$"
)
_POINTS_BACK = re.compile(
    r"\b(it|its|that|this|they|them|their|theirs|those|these|the same|such|one|ones|the other|instead|either|both)\b"
)
_BARE: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r"(and |but |so )?(why|how come)( (is|does) (that|it|this)( so| happen| the case)?)?"
        ),
        "what causes it?",
    ),
    (
        re.compile(r"(and |for )?how long( does it (last|take)| for| then)?"),
        "how long does it last?",
    ),
    (
        re.compile(
            r"(and )?(what can i do|what do i do|what helps|how do i (fix|stop|treat) (it|that|this|them))"
        ),
        "what helps, how is it treated?",
    ),
)
_NOT_WORD = re.compile(r"[^\w\s]")
_EMPTY = frozenset(
    """
    a about all also am an and any are as at be been being but by can cant could did do does
    doesnt doing dont else even ever for from get gets go going had has have having he her him
    his how i id if ill im in into is isnt it its ive just like make makes many may me mean
    means might more most much my need no not of on one ones or other our out please really
    same she should so some still such take than thank thanks that thats the their them then
    there these they thing things this those though to too u up us very want was way we well
    were what whats when where which while who whos why will with wont would yes yet you your
    """.split()  # noqa: SIM905  a list of words reads better than a list of strings
)
_FEW = 2
"""Content words up to which a message that points back is about what it points to."""
_ASKS = r"(?:what|how|why|when|where|who|which|can|could|should|is|are|do|does|will|would)\b"
_SPLIT = re.compile(
    rf"(?<=[?!])\s+(?=\S)|\s*[,;]?\s+(?:and also|and|also|plus)\s+(?={_ASKS})", re.IGNORECASE
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_QUESTION = re.compile(rf"\?\s*$|^\W*(?:and |so |also )?{_ASKS}", re.IGNORECASE)
_FEWEST_WORDS = 3


def interpret(text: str, conversation: Conversation) -> tuple[Question, ...]:
    """The questions of a message, in order; at least one.

    A message that is one question, or a question with its story around it, stays whole.

    >>> [q.text for q in interpret("What is OCD and how is it treated?", Conversation())]
    ['What is OCD', 'how is it treated?']
    """
    topic, earlier = _last_topic(conversation), _earlier(conversation)
    if topic and _MORE.fullmatch(_plain(text)):
        return (Question(text=topic.heading, topic=topic, more=True),)
    parts = _parts(text)
    if len(parts) > 1:
        return tuple(
            Question(text=part, earlier=before, leans=before is not None and _points_back(part))
            for before, part in zip([None, *parts], parts, strict=False)
        )
    if not earlier:
        return (Question(text=text, core=_core(text)),)
    leans = _points_back(text) or len(text.split()) <= SHORT
    said = _spelled_out(text) if leans else text
    return (Question(text=said, earlier=earlier, topic=topic, core=_core(text), leans=leans),)


def _earlier(conversation: Conversation) -> str | None:
    """What was asked in the last turns that a message may go on from."""
    recent = [t for t in conversation.turns[-REACH:] if t.kind in ("answer", "no_answer")]
    return " ".join(t.text for t in recent if not small_talk(t.text)) or None


def _core(text: str) -> str | None:
    """The one sentence of several that asks something, if there is just one that says of what."""
    sentences = [s.strip() for s in _SENTENCE.split(text) if s.strip()]
    asking = [s for s in sentences if s.endswith("?") and len(s.split()) >= _FEWEST_WORDS]
    alone = len(sentences) > 1 and len(asking) == 1 and not _points_back(asking[0])
    return asking[0] if alone else None


def _spelled_out(text: str) -> str:
    """A bare question in the words that the corpus uses for it."""
    plain = _plain(text)
    return next((said for asked, said in _BARE if asked.fullmatch(plain)), text)


def _last_topic(conversation: Conversation) -> Topic | None:
    recent = conversation.turns[-REACH:]
    return next((turn.topic for turn in reversed(recent) if turn.topic), None)


def _points_back(text: str) -> bool:
    """Whether a message leaves its subject to what was said before."""
    plain = _plain(text)
    content = [word for word in plain.split() if word not in _EMPTY]
    if _LEADS_BACK.search(plain) and len(content) <= 2 * _FEW:
        return True
    if not content:
        return True
    return len(content) <= _FEW and bool(_POINTS_BACK.search(plain))


def _parts(text: str) -> list[str]:
    """The questions in a message, where it is made of several and nothing else."""
    parts = [p.strip() for p in _SPLIT.split(text.strip()) if p.strip()]
    asking = [p for p in parts if _QUESTION.search(p) and len(p.split()) >= _FEWEST_WORDS]
    whole = len(parts) == len(asking)
    return parts if whole and 1 < len(parts) <= MOST_PARTS else [text]


def _plain(text: str) -> str:
    return " ".join(_NOT_WORD.sub("", text.casefold()).split())
