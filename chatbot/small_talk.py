"""Greetings, thanks, "are you a person?", and short answers to a question that Lamplight asked.

Only whole messages match, so that a greeting with something behind it is never swallowed.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from chatbot.schema import Answered

Talk = Literal["greeting", "thanks", "closing", "identity"]

_PATTERNS: tuple[tuple[Talk, re.Pattern[str]], ...] = (
    ("greeting", re.compile(r"(hi|hiya|hello|hey|heya|yo|good (morning|afternoon|evening|day)|howdy)( there| all| lamplight| bot)?")),
    ("thanks", re.compile(r"(ok |okay |great |cool |lovely )?(thanks|thank you|thx|ty|cheers|thank u|much appreciated)( so much| very much| a lot| again| for (that|this|your help|the help))?|(ok|okay|great|cool|alright|got it)( thanks)?")),
    ("closing", re.compile(r"(bye|goodnight|good night|see you|see ya|bye bye|talk later)( then| now| for now)?")),
    ("identity", re.compile(
        r"(so )?(are|r|is) (you|u|this|it|lamplight)( actually| really| just)? (a |an )?(real|human|person|bot|robot|chatbot|ai|computer|machine|program|therapist|doctor|real person|human being|counsell?or|psychologist|automated)( person| human| being| program| therapist| doctor)?( or (a |an )?(real |actual )?(bot|robot|person|human|machine|computer|ai|therapist)( being)?)?"
        r"|(am i|is this|are we) (talking|speaking|chatting|writing)( to| with)? (a |an )?(real |actual )?(person|human|bot|robot|machine|computer|ai|someone|somebody|therapist|human being)( or (a |an )?(real )?(bot|person|human|machine|computer|robot))?"
        r"|(who|what) (are|r) (you|u)|what is (this|lamplight)|whats (this|lamplight)|who is this|what can you (do|help with|help me with)|whats your name|what is your name"
        r"|(do you have|have you got) (feelings|a licen[cs]e|a degree|qualifications|a name)|are you (qualified|licensed|trained)")),
)  # fmt: skip
_NOT_WORD = re.compile(r"[^\w\s]")


def small_talk(text: str) -> Talk | None:
    """What kind of small talk a whole message is; None for anything else.

    >>> small_talk("Are you a real person?")
    'identity'
    """
    plain = " ".join(_NOT_WORD.sub("", text.casefold()).split())
    return next((kind for kind, pattern in _PATTERNS if pattern.fullmatch(plain)), None)


_YES = re.compile(
    r"(yes|yeah|yep|yea|yh|ye|ya|yup|y|i am|i do|i have|kind of|sort of|sometimes|a bit|a little|often|always)( i am| i do| i have| sometimes| a bit| really| i think so)*"
)
_NO = re.compile(
    r"(no|nope|nah|naw|n|not really|not at all|never)( i m not| im not| i am not| i don t| i dont| i won t| i wont| i cant| i can t| thanks| thank you| not really| never)*|(im|i am|i m) not|i (cant|can t|wont|won t|dont|don t) want to|i (cant|can t|wont|won t)"
)
_UNSURE = re.compile(
    r"(i )?(do ?n ?t know|idk|dunno|not sure|im not sure|i m not sure|maybe|perhaps|unsure|possibly|hard to say)( anymore| really| maybe)*"
)
_JOKING = re.compile(
    r"\b(joking|kidding|jk|a joke|messing( around)?|did ?n ?t mean it|not serious|sarcasm)\b"
)
_EARNEST = re.compile(
    r"\b(not|never|isn ?t|wasn ?t|ain ?t)( \w+){0,2} (joking|kidding|a joke|messing)\b"
    r"|\b(you|u)( re| are| must be| gotta be)?( \w+)? (joking|kidding)\b|\b(is|think) (this|it|that)( is| s)? a joke\b"
)
_FILLER = (
    r"(?:(?:well|um+|uh+|hm+|honestly|tbh|ngl|i mean|lol|lately|actually|so|oh|like|ok|okay) )*"
)
_YES_AND_MORE = re.compile(
    _FILLER
    + r"(?:(yes+|yeah|yep|yea|yup|ya|yh)\b(?! (please|thanks|thank you)$).*|both( of them)?|all the time|every (day|night)"
    r"|(sometimes|kinda|kind of|sort of|probably|mostly|i guess|maybe|a bit|lately) (yes|yeah|yep|yea|so|i am|i do|i have|a (bit|little))( \w+){0,4}"
    r"|(just |only )?a (bit|little|little bit|lot)|more and more|often|constantly|daily|most (days|nights)|some (days|nights)|at night"
    r"|i (have( been| had)?|do|did|guess i (am|do|have)|think i (am|do|have))( sometimes| a bit| a lot| lately| before| yeah| often| at night)*|i think about it( \w+){0,4}"
    r"|i (guess|think|suppose)( so)?|probably|kinda)"
)
"""How people say yes to a plain question about suicide: with more around it, or without the word."""
_NO_AND_MORE = re.compile(
    _FILLER
    + r"(?:no+|nah|nope|naw|not really|not exactly)( (?!but|want|wanna|wish|kill|die|dying|dead|hurt|though|tho|except|yet|anymore|more|longer|point|one|way)\w+){0,6}"
)
_UNSURE_AND_MORE = re.compile(
    _FILLER
    + r"i (really |honestly |just )*(do ?n ?t|dont) (really |even )*know( (?!how|if i can|what to)\w+){0,4}"
)
"""No, and not knowing, with more behind it; words that could carry danger are not swallowed."""
SHORT = 60


def short_answer(
    text: str, *, check_in: bool = False, words: Mapping[Answered, Sequence[str]] | None = None
) -> Answered | None:
    """How a short message answers a question that was asked; None where it does something else.

    Parameters
    ----------
    check_in : the question was whether they think of suicide: a yes counts whatever comes after it.
    words : whole messages that answer in the language of the conversation, where it is not English.

    >>> short_answer("idk")
    'unsure'
    """
    plain = _plain(text)
    for answer, wholes in (words or {}).items():
        if plain in map(_plain, wholes):
            return answer
    if check_in and _YES_AND_MORE.fullmatch(plain):
        return "yes"
    if check_in and _UNSURE_AND_MORE.fullmatch(plain):
        return "unsure"
    if check_in and _NO_AND_MORE.fullmatch(plain):
        return "no"
    if len(plain) > SHORT:
        return None
    if _JOKING.search(plain) and not _EARNEST.search(plain):
        return "joking"
    for answer, pattern in _ANSWERS:
        if pattern.fullmatch(plain):
            return answer
    return None


_DISCLAIMS = re.compile(
    r"\b(asking|ask|its|it s|it is|this is|thats|that was|that s|question is|was|only|just|is) (for|about) (a|an|my|some|this|one of my) (\w+ )?(friend|friends|mate|pal|cousin|sister|brother|class|classmate|story|book|novel|project|essay|school|coworker|colleague|roommate|someone|person|girl i know|guy i know)\b"
    r"|\b(not|isnt|isn t|wasnt|wasn t|aint) (for |about )?(me|myself)\b|\b(just|only) (asking|curious|wondering|a question|hypothetical\w*)\b"
    r"|\b(forget|ignore|nvm|never ?mind|scrap|delete) (it|that|this|what i said|i said anything|me)?|\bhypothetically\b|\bdont (worry|read into)\b|\bdon t (worry|read into)\b"
)  # fmt: skip


def disclaims(text: str) -> bool:
    """Whether a short message takes back or gives away what was said before it.

    >>> disclaims("lol im asking for a friend")
    True
    """
    plain = _plain(text)
    return len(plain) <= 2 * SHORT and bool(_DISCLAIMS.search(plain))


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s]", " ", text.casefold()).split())


_ANSWERS: tuple[tuple[Answered, re.Pattern[str]], ...] = (
    ("unsure", _UNSURE),
    ("yes", _YES),
    ("no", _NO),
)
