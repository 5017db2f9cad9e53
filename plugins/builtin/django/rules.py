"""The usual failures of a Django project, the narrow ones before the wide ones."""

import re
from collections.abc import Iterable

from crashlight_sdk import Intent
from crashlight_sdk.rules import Facts, rule
from crashlight_sdk.similar import closest

CHOICES = re.compile(r"Choices are: (?P<names>[^\n]++)")


def nearest_field(facts: Facts) -> Iterable[Intent]:
    """The field that was probably meant, out of those that Django lists."""
    choices = CHOICES.search(facts.cause.message)
    if choices is None:
        return
    meant = closest(facts["field"], [name.strip() for name in choices["names"].split(",")])
    if meant is not None:
        yield Intent("rename_to", f"Rename '{facts['field']}' to '{meant}'", args={"old": facts["field"], "new": meant})


RULES = (
    rule(
        id="django/settings-not-configured",
        category="configuration",
        type="ImproperlyConfigured|django.core.exceptions.ImproperlyConfigured",
        message=r"settings are not configured",
        cause="Django was used before it knew which settings to read.",
        fix="Set DJANGO_SETTINGS_MODULE, or call settings.configure() and django.setup() first.",
        confidence=0.97,
    ),
    rule(
        id="django/setting-missing",
        category="configuration",
        type="ImproperlyConfigured|django.core.exceptions.ImproperlyConfigured",
        cause="Django's settings are wrong: {message}",
        fix="Correct this setting, or the environment that it is read from.",
        confidence=0.95,
    ),
    rule(
        id="django/host-not-allowed",
        category="configuration",
        type=r"DisallowedHost|django.core.exceptions.DisallowedHost",
        message=r"HTTP_HOST header: '(?P<host>[^']++)'",
        cause="A request came for the host '{host}', which ALLOWED_HOSTS does not name.",
        fix="Add '{host}' to ALLOWED_HOSTS if it is yours; otherwise somebody is probing, and nothing needs a change.",
        confidence=0.95,
    ),
    rule(
        id="django/model-outside-apps",
        category="configuration",
        type="RuntimeError",
        message=r"Model class (?P<model>[\w.]++) doesn't declare an explicit app_label",
        cause="The model {model} belongs to no application of INSTALLED_APPS.",
        fix="Add its application to INSTALLED_APPS, and import it by the same path everywhere.",
        confidence=0.95,
    ),
    rule(
        id="django/apps-not-ready",
        category="configuration",
        type="AppRegistryNotReady|django.core.exceptions.AppRegistryNotReady",
        cause="A model was used before Django had loaded its applications.",
        fix="Call django.setup() first in a script, or move the import into the function or AppConfig.ready().",
        confidence=0.95,
    ),
    rule(
        id="django/table-missing",
        category="configuration",
        type=r"OperationalError|ProgrammingError|django.db.utils.(?:Operational|Programming)Error",
        message=r"no such table: (?P<table>[\w.]++)|relation \"(?P<table2>[^\"\n]++)\" does not exist"
        r"|Table '(?P<table3>[^'\n]++)' doesn't exist",
        cause="The table {table} is not in the database: a migration has not been applied.",
        fix="Run 'manage.py migrate' against this database; run 'makemigrations' before it if the model is new.",
        confidence=0.95,
    ),
    rule(
        id="django/column-missing",
        category="configuration",
        type=r"OperationalError|ProgrammingError|django.db.utils.(?:Operational|Programming)Error",
        message=r"no such column: (?P<column>[\w.]++)|column (?P<column2>[\w.\"]++) does not exist"
        r"|Unknown column '(?P<column3>[^'\n]++)'|has no column named (?P<column4>\w++)",
        cause="The column {column} is not in the database: its migration has not been applied.",
        fix="Run 'manage.py makemigrations' and 'manage.py migrate' against this database.",
        confidence=0.92,
    ),
    rule(
        id="django/database-unreachable",
        category="network-or-timeout",
        type=r"OperationalError|django.db.utils.OperationalError",
        message=r"could not connect|[Cc]onnection refused|could not translate host name|timeout expired"
        r"|Can't connect to",
        cause="The database cannot be reached: {message}",
        fix="See whether the server runs and whether HOST and PORT in DATABASES are right from this machine.",
        confidence=0.93,
    ),
    rule(
        id="django/database-locked",
        category="concurrency",
        type=r"OperationalError|django.db.utils.OperationalError",
        message=r"database is locked",
        cause="Another connection holds SQLite's only write lock.",
        fix="Shorten the transactions, raise 'timeout' in OPTIONS, or use a server database for several writers.",
        confidence=0.93,
    ),
    rule(
        id="django/null-in-required-column",
        category="null-or-undefined",
        type=r"IntegrityError|django.db.utils.IntegrityError",
        message=r"NOT NULL constraint failed: (?P<column>[\w.]++)"
        r"|null value in column \"(?P<column2>[^\"\n]++)\"|Column '(?P<column3>[^'\n]++)' cannot be null",
        cause="{column} was saved without a value, and the column needs one.",
        fix="Give the field a value before save(), a default, or null=True if it may be absent.",
        confidence=0.94,
    ),
    rule(
        id="django/duplicate",
        category="unhandled-input",
        type=r"IntegrityError|django.db.utils.IntegrityError",
        message=r"UNIQUE constraint failed: (?P<column>[^\n]++)|unique constraint \"(?P<column2>[^\"\n]++)\""
        r"|Duplicate entry '[^'\n]*+' for key '(?P<column3>[^'\n]++)'",
        cause="A row with the same {column} is there already.",
        fix="Use get_or_create() or update_or_create(), or catch IntegrityError and tell the user.",
        confidence=0.92,
    ),
    rule(
        id="django/foreign-key",
        category="unhandled-input",
        type=r"IntegrityError|django.db.utils.IntegrityError",
        message=r"(?i:foreign key constraint)",
        cause="A row points to another one that is not there, or that is still pointed to.",
        fix="Save the other row first, or choose on_delete for what should happen to the rows that point to it.",
        confidence=0.88,
    ),
    rule(
        id="django/does-not-exist",
        category="missing-key-or-index",
        type=r"DoesNotExist|[\w.]++DoesNotExist",
        message=r"(?P<model>\w++) matching query does not exist|^$",
        cause="get() found no {model} for this query.",
        fix="Use get_object_or_404() in a view, filter(...).first(), or catch DoesNotExist.",
        confidence=0.95,
    ),
    rule(
        id="django/several-found",
        category="unhandled-input",
        type=r"MultipleObjectsReturned|[\w.]++MultipleObjectsReturned",
        message=r"returned more than one (?P<model>\w++)",
        cause="get() found more than one {model}, and it may find only one.",
        fix="Make the query narrower or the field unique, or use filter() and choose.",
        confidence=0.92,
    ),
    rule(
        id="django/unknown-field",
        category="missing-key-or-index",
        type=r"FieldError|django.core.exceptions.FieldError",
        message=r"Cannot resolve keyword '(?P<field>[^'\n]++)' into field",
        cause="The query names the field '{field}', which the model does not have.",
        fix="Use one of the fields that the message lists.",
        confidence=0.93,
        propose=nearest_field,
    ),
    rule(
        id="django/template-missing",
        category="io-or-filesystem",
        type=r"TemplateDoesNotExist|django.template.exceptions.TemplateDoesNotExist",
        cause="The template {message} was found in none of the folders that Django looks in.",
        fix="Correct its name, put it into the 'templates' folder of an installed application, or extend DIRS.",
        confidence=0.93,
    ),
    rule(
        id="django/template-syntax",
        category="parsing-or-encoding",
        type=r"TemplateSyntaxError|django.template.exceptions.TemplateSyntaxError",
        cause="A template is malformed: {message}",
        fix="Correct the tag that it names; load its library if the tag is not Django's own.",
        confidence=0.92,
    ),
    rule(
        id="django/no-such-url",
        category="missing-key-or-index",
        type=r"NoReverseMatch|django.urls.exceptions.NoReverseMatch",
        message=r"Reverse for '(?P<name>[^'\n]++)'",
        cause="There is no URL with the name '{name}' that takes these arguments.",
        fix="Compare the name, its namespace and its arguments with urlpatterns.",
        confidence=0.93,
    ),
    rule(
        id="django/synchronous-only",
        category="concurrency",
        type=r"SynchronousOnlyOperation|django.core.exceptions.SynchronousOnlyOperation",
        cause="Code that waits for the database was called in an event loop.",
        fix="Wrap the call in sync_to_async(), or use the asynchronous method of the query (aget, acreate, …).",
        confidence=0.95,
    ),
    rule(
        id="django/broken-transaction",
        category="assertion-or-invariant",
        type=r"TransactionManagementError|django.db.transaction.TransactionManagementError",
        cause="An earlier query of this transaction failed, so the database takes no more of them.",
        fix="Look for the first error; put what may fail into an atomic() block of its own.",
        confidence=0.9,
    ),
)
