"""The phrase floor: explicit danger in any disguise; idioms left alone."""

import pytest

from chatbot.guards import CrisisPhrases
from chatbot.guards.normalise import views

FLOOR = CrisisPhrases()


def risk(text: str) -> str:
    return FLOOR.check([text])[0].risk


DISGUISES = [
    "I want to die",
    "i WANT to DIE",
    "I want to die!!!",
    "ｉ ｗａｎｔ ｔｏ ｄｉｅ",  # full width
    "𝐈 𝐰𝐚𝐧𝐭 𝐭𝐨 𝐝𝐢𝐞",  # mathematical bold
    "🅸 🆆🅰🅽🆃 🆃🅾 🅳🅸🅴",  # squared
    "I want to d\u200bi\u200de",  # zero width
    "I wa\u00adnt to die",  # soft hyphen
    "I wаnt tо diе",  # Cyrillic look-alikes
    "I w4nt t0 d13",  # leetspeak
    "I w@nt to d!e",
    "I w a n t  t o  d i e",
    "I.want.to.die",
    "i-w-a-n-t-t-o-d-i-e",
    "i_want_to_die",
    "i*want*to*die",
    "iwanttodie",
    "I waaaant to dieeeee",
    "i wnat to die",
    "i want ot die",
    "i want 2 die",
    "i wanna die",
    "I ẃánt to díe",  # accents
    "i want to d🔪ie",  # emoji inside a word
    "😭😭 i want to die 😭",
    "I don’t want to live anymore",  # curly apostrophe
    "I dont want to live anymore",
    "I don't want to live any more",
    "im going to kil myslef",
    "k!ll mys3lf tonight, going to",
    "im sucidal",
    "i am suicidel",
]


@pytest.mark.parametrize("text", DISGUISES)
def test_an_explicit_wish_to_die_is_crisis_in_every_disguise(text: str) -> None:
    assert risk(text) == "crisis"


@pytest.mark.parametrize(
    "text",
    [
        "quiero morir",
        "me quiero matar",
        "ya no quiero vivir",
        "je veux mourir",
        "j'ai envie de mourir",
        "J’ai envie de me tuer",
        "je vais me suicider",
        "ich will sterben",
        "ich möchte nicht mehr leben",
        "ich bringe mich um",
        "quero morrer",
        "não quero mais viver",
        "vou me matar",
        "voglio morire",
        "non voglio più vivere",
        "mi ammazzo",
    ],
)
def test_explicit_danger_is_crisis_in_five_other_languages(text: str) -> None:
    assert risk(text) == "crisis"


@pytest.mark.parametrize(
    "text",
    [
        "This deadline is killing me",
        "how should parents respond when a child has been self-harming",
        "how do I kill a zombie process",
        "What is the suicide rate among veterans?",
        "What is the capital of Mongolia?",
        "I could kill for a coffee",
        "I want to die of embarrassment",
        "dying to see the new film",
        "my phone died",
        "I nearly died laughing",
        "kill two birds with one stone",
        "how do I terminate an orphan process in linux",
        "does asking about suicide put the idea in someone's head?",
        "what are the warning signs of suicide?",
        "how do I help someone who wants to die?",
        "I'm not suicidal, I just can't sleep",
        "me muero de risa",
        "me muero de hambre",
        "mourir de rire",
        "ich sterbe nicht",
        "sto morendo di fame",
        "estou morrendo de sono",
        "I want to dye my hair",
        "shoot me an email",
        "cut myself some slack",
        "I cut myself shaving",
    ],
)
def test_idioms_homonyms_and_questions_are_not_alarms(text: str) -> None:
    assert risk(text) == "none"


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("I just took all my pills", "overdose"),
        ("i think i overdosed", "overdose"),
        ("I'm cutting myself again", "self_injury"),
        ("my husband beats me and the kids", "violence_at_home"),
        ("he threatened to kill me", "violence_at_home"),
        ("my stepdad touches me at night", "child_abuse"),
        ("the voices are telling me to kill my mum", "command_voices"),
        ("I'm going to stab him", "harm_to_others"),
        ("my best friend says she wants to kill herself", "third_party"),
        ("I'm scared my brother will kill himself", "third_party"),
        ("My wife just overdosed", "overdose"),
        ("I wrote my suicide note", "active"),
    ],
)
def test_every_kind_of_danger_has_its_label(text: str, label: str) -> None:
    found = FLOOR.check([text])[0]
    assert found.risk == "crisis"
    assert label in found.labels


@pytest.mark.parametrize(
    "text",
    ["they'd be better off without me", "I hope I don't wake up", "there's no point in living"],
)
def test_oblique_words_are_elevated(text: str) -> None:
    assert risk(text) == "elevated"


def test_a_finding_never_holds_the_persons_words() -> None:
    found = FLOOR.check(["I want to die, says Marguerite of Dunmore Street"])[0]
    assert "arguerite" not in found.model_dump_json()


@pytest.mark.parametrize("text", ["", " ", "😀" * 10_000, "a" * 4000, "\u200b" * 500, "שלום" * 900])
def test_strange_text_gets_a_verdict_and_no_error(text: str) -> None:
    assert risk(text) in ("none", "elevated", "crisis")


def test_views_are_few_and_squeezed() -> None:
    found = views("I waaaant to kiiill myself")
    assert "i want to kil myself" in found
    assert len(found) <= 12


@pytest.mark.parametrize(
    "text",
    [
        "bottle of tablets in my lap and im going to take them",
        "I am going to swallow the lot when they have gone to bed",
        "gonna top myself after work",
        "I want to step out in front of the next train",
        "I've decided I will not be alive by Easter",
        "let me die please",
        "bye all, im ending things tonight",
        "can't trust myself to stay safe until morning",
        "his lips are blue and he is not breathing right, he took something",
        "my sister od'd, help",
        "dad gave up the drink on monday and now he is shaking badly and sees rats",
        "no food for eight days and I passed out on the stairs",
        "I keep cutting my arm again with a blade",
        "my uncle comes into my room at night and touches me",
        "my stepdad hits me with a belt",
        "he locked gran in her room",
        "the man next door is beating his wife",
        "i am bringing a knife to school and they are going to be sorry",
        "the voices tell me to drown the baby and I have to obey",
        "going to kill my boss tomorrow, not joking",
    ],
)
def test_what_is_said_outright_in_other_words_is_a_crisis(text: str) -> None:
    assert risk(text) == "crisis"


@pytest.mark.parametrize(
    "text",
    [
        "the poem has a line that goes let me die in your arms",
        "we did a bungee jump off a bridge and now I keep shaking",
        "I'm ending the call now, thank you",
        "a girl in the film says the voices tell her to burn the house",
        "I was raped at college, twelve years ago, and I am doing well",
        "what do I do if a colleague says they feel suicidal",
        "how do new nurses cope the first time a patient tells them they want to die",
        "somebody spread a rumour that i am suicidal and it is not true",
        "gonna kill my sister in law with kindness this christmas",
        "I get horrible thoughts about hurting my baby and they scare me",
        "my toddler hits me when I switch off the tablet",
        "it is done, I have taken everything to the charity shop",
        "taking all of us out to the seaside",
        "I felt like I killed him when the vet put the cat to sleep",
    ],
)
def test_what_only_sounds_like_it_stops_nobody(text: str) -> None:
    assert risk(text) != "crisis"
