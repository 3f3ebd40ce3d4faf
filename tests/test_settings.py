"""Settings: one model, from a file and the environment, in which nothing unknown is passed over."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from chatbot.errors import SettingsError
from chatbot.settings import Settings


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_default_serves_this_machine_only_and_keeps_everything_in_this_folder() -> None:
    settings = Settings.load()
    assert settings.server.host == "127.0.0.1"
    assert settings.encoder.model == "bundled"
    assert settings.index.host is None
    assert (settings.corpus.folder / "crisis_lines.yaml").is_file()


def test_overrides_beat_the_environment_which_beats_the_file_which_beats_the_defaults(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("lamplight.toml").write_text(
        "[limits]\nmessage_characters = 200\n[server]\nport = 1\n[ui]\ntitle = 'From the file'\n"
    )
    monkeypatch.setenv("LAMPLIGHT_SERVER__PORT", "2")
    monkeypatch.setenv("LAMPLIGHT_LIMITS__MESSAGE_CHARACTERS", "300")
    settings = Settings.load(limits={"message_characters": 400})
    assert settings.ui.title == "From the file"
    assert settings.server.port == 2
    assert settings.limits.message_characters == 400
    assert settings.ui.default_country == "US"


def test_a_file_can_be_named_by_argument_or_by_variable_and_then_is_the_only_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("lamplight.toml").write_text("[ui]\ntitle = 'Here'\n")
    Path("other.toml").write_text("[server]\nport = 5\n")
    assert (Settings.load("other.toml").ui.title, Settings.load("other.toml").server.port) == (
        "Lamplight",
        5,
    )
    monkeypatch.setenv("LAMPLIGHT_SETTINGS", "other.toml")
    assert Settings.load().server.port == 5
    assert Settings.load("lamplight.toml").ui.title == "Here"


def test_one_setting_of_a_section_leaves_the_others_as_they_were(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("lamplight.toml").write_text("[screen]\nelevated = 0.3\n")
    monkeypatch.setenv("LAMPLIGHT_SCREEN__CRISIS", "0.6")
    screen = Settings.load().screen
    assert (screen.elevated, screen.crisis, screen.timeout_s) == (0.3, 0.6, 5.0)


@pytest.mark.parametrize("section", ["screen", "answer", "corpus", "server", "limits", "ui"])
def test_a_misspelt_key_is_an_error_wherever_it_stands(
    section: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SettingsError, match=f"{section}.elevatd"):
        Settings.load(None, **{section: {"elevatd": 1}})
    Path("lamplight.toml").write_text(f"[{section}]\nelevatd = 1\n")
    with pytest.raises(SettingsError, match=f"{section}.elevatd"):
        Settings.load()
    Path("lamplight.toml").unlink()
    for name in (f"LAMPLIGHT_{section.upper()}__ELEVATD", f"lamplight_{section}__elevatd"):
        with monkeypatch.context() as patch:
            patch.setenv(name, "1")
            with pytest.raises(SettingsError, match=r"(?i)elevatd"):
                Settings.load()


@pytest.mark.parametrize(
    "name", ["LAMPLIGHT_SCREN__ELEVATED", "LAMPLIGHT_ELEVATED", "lamplight_scren__elevated"]
)
def test_a_variable_of_no_section_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "0.1")
    with pytest.raises(SettingsError, match=name):
        Settings.load()


def test_a_variable_of_another_program_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAMP", "1")
    monkeypatch.setenv("LAMPLIGHTER_ELEVATED", "1")
    Settings.load()


@pytest.mark.parametrize(
    ("overrides", "named"),
    [
        ({"screen": {"elevated": 1.01}}, "screen.elevated"),
        ({"screen": {"crisis": -0.1}}, "screen.crisis"),
        ({"screen": {"timeout_s": -1}}, "screen.timeout_s"),
        ({"answer": {"most_sentences": 1}}, "answer.most_sentences"),
        ({"answer": {"passages": 0}}, "answer.passages"),
        ({"limits": {"message_characters": 0}}, "limits.message_characters"),
        ({"server": {"port": 65536}}, "server.port"),
        ({"corpus": {"quotable": ["withdrwan"]}}, "corpus.quotable"),
    ],
)
def test_a_value_out_of_range_is_named(overrides: dict[str, Any], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        Settings.load(**overrides)


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(SettingsError, match=r"server\.port.*ui\.colour"):
        Settings.load(server={"port": -1}, ui={"colour": "red"})


def test_settings_cannot_be_changed_while_the_program_runs() -> None:
    settings = Settings.load()
    with pytest.raises(ValidationError):
        settings.screen = settings.screen.model_copy()
    with pytest.raises(ValidationError):
        settings.screen.timeout_s = 0.1


def test_a_dotenv_file_that_lies_about_is_not_read() -> None:
    Path(".env").write_text("LAMPLIGHT_SERVER__HOST=0.0.0.0\n")
    assert Settings.load().server.host == "127.0.0.1"


def test_a_folder_where_the_file_should_be_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="is not there"):
        Settings.load(tmp_path)
