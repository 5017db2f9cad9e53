"""What Django's exceptions mean, in the words that Django prints."""

from pathlib import Path

import pytest

from crashlight_sdk import Cause, Crash, Excerpt, Finding, Frame
from crashlight_sdk.testing import load

ANALYZER = load(Path(__file__).resolve().parents[3] / "plugins" / "builtin" / "django")
VIEW = Frame("/srv/app/views.py", 12, "show", origin="app", text='user = User.objects.get(nmae="x")')
DJANGO = Frame("/venv/lib/python3.11/site-packages/django/db/models/query.py", 649, "get", origin="library")


def refine(crash_type: str, message: str, frames: tuple[Frame, ...] = (DJANGO, VIEW)) -> Finding | None:
    crash = Crash("python", 0, 9, (Cause(crash_type, message, frames),))
    excerpt = Excerpt("app/views.py", 12, (VIEW.text or "",), 12)
    return ANALYZER.refine(crash, None, excerpt)  # type: ignore[attr-defined,no-any-return]


@pytest.mark.parametrize(
    ("crash_type", "message", "rule", "category", "said"),
    [
        (
            "app.models.User.DoesNotExist",
            "User matching query does not exist.",
            "does-not-exist",
            "missing-key-or-index",
            "no User",
        ),
        (
            "app.models.User.MultipleObjectsReturned",
            "get() returned more than one User -- it returned 2!",
            "several-found",
            "unhandled-input",
            "more than one User",
        ),
        (
            "django.core.exceptions.ImproperlyConfigured",
            "The SECRET_KEY setting must not be empty.",
            "setting-missing",
            "configuration",
            "SECRET_KEY",
        ),
        (
            "django.core.exceptions.ImproperlyConfigured",
            "Requested setting DEBUG, but settings are not configured. You must either define …",
            "settings-not-configured",
            "configuration",
            "which settings",
        ),
        (
            "django.core.exceptions.DisallowedHost",
            "Invalid HTTP_HOST header: 'evil.example'. You may need to add it to ALLOWED_HOSTS.",
            "host-not-allowed",
            "configuration",
            "evil.example",
        ),
        (
            "django.db.utils.OperationalError",
            "no such table: shop_order",
            "table-missing",
            "configuration",
            "shop_order",
        ),
        (
            "django.db.utils.ProgrammingError",
            'relation "shop_order" does not exist\nLINE 1: SELECT',
            "table-missing",
            "configuration",
            "shop_order",
        ),
        (
            "django.db.utils.OperationalError",
            "no such column: shop_order.total",
            "column-missing",
            "configuration",
            "shop_order.total",
        ),
        (
            "django.db.utils.OperationalError",
            'connection to server at "db", port 5432 failed: Connection refused',
            "database-unreachable",
            "network-or-timeout",
            "refused",
        ),
        ("django.db.utils.OperationalError", "database is locked", "database-locked", "concurrency", "lock"),
        (
            "django.db.utils.IntegrityError",
            "NOT NULL constraint failed: shop_order.user_id",
            "null-in-required-column",
            "null-or-undefined",
            "shop_order.user_id",
        ),
        (
            "django.db.utils.IntegrityError",
            'duplicate key value violates unique constraint "user_email_key"',
            "duplicate",
            "unhandled-input",
            "user_email_key",
        ),
        (
            "django.db.utils.IntegrityError",
            "FOREIGN KEY constraint failed",
            "foreign-key",
            "unhandled-input",
            "points to another",
        ),
        (
            "django.template.exceptions.TemplateDoesNotExist",
            "shop/order.html",
            "template-missing",
            "io-or-filesystem",
            "shop/order.html",
        ),
        (
            "django.urls.exceptions.NoReverseMatch",
            "Reverse for 'order' with no arguments not found. 1 pattern(s) tried",
            "no-such-url",
            "missing-key-or-index",
            "'order'",
        ),
        (
            "django.core.exceptions.SynchronousOnlyOperation",
            "You cannot call this from an async context",
            "synchronous-only",
            "concurrency",
            "event loop",
        ),
        (
            "RuntimeError",
            "Model class shop.models.Order doesn't declare an explicit app_label and isn't in an application.",
            "model-outside-apps",
            "configuration",
            "shop.models.Order",
        ),
        (
            "django.core.exceptions.AppRegistryNotReady",
            "Apps aren't loaded yet.",
            "apps-not-ready",
            "configuration",
            "before Django",
        ),
    ],
)
def test_findings(crash_type: str, message: str, rule: str, category: str, said: str) -> None:
    finding = refine(crash_type, message)
    assert finding is not None
    assert (finding.rule, finding.category) == (f"django/{rule}", category)
    assert said in finding.cause


def test_the_field_that_was_meant_is_proposed() -> None:
    message = "Cannot resolve keyword 'nmae' into field. Choices are: email, id, name, orders"
    finding = refine("django.core.exceptions.FieldError", message)
    assert finding is not None
    assert [(intent.kind, intent.args) for intent in finding.intents] == [("rename_to", {"old": "nmae", "new": "name"})]


@pytest.mark.parametrize(
    ("crash_type", "message", "frames"),
    [
        ("KeyError", "'x'", (DJANGO, VIEW)),
        ("OperationalError", "no such table: a", (VIEW,)),  # sqlite3 without Django
        ("ValueError", "", ()),
    ],
)
def test_what_is_not_djangos_is_left(crash_type: str, message: str, frames: tuple[Frame, ...]) -> None:
    assert refine(crash_type, message, frames) is None
