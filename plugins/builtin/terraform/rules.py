"""The usual errors of Terraform."""

from crashlight_sdk.rules import Rule, rule
from crashlight_sdk.system import system_rules

RULES: tuple[Rule, ...] = (
    rule(
        "terraform/not-allowed",
        "permission",
        "The account that runs Terraform may not do this: {message}",
        "Give its role the permission that the message names.",
        message=r"(?i)AccessDenied|UnauthorizedOperation|not authorized|\b403\b|Forbidden|AuthorizationFailed"
        r"|PermissionDenied|Access denied",
        confidence=0.95,
    ),
    rule(
        "terraform/credentials",
        "configuration",
        "No valid credentials were found: {message}",
        "Set the provider's variables or profile where this runs.",
        message=r"(?i)no valid credential|credentials|ExpiredToken|InvalidClientTokenId|could not find default"
        r"|authenticat",
        confidence=0.9,
    ),
    rule(
        "terraform/provider",
        "missing-dependency",
        "A provider or module is not installed: {message}",
        "Run `terraform init`, and add it to required_providers.",
        message=r"(?i)provider .*(?:not available|not found|required|registry)|module not installed"
        r"|Could not load plugin|Failed to query available provider|Inconsistent dependency lock",
        confidence=0.9,
    ),
    rule(
        "terraform/version",
        "version-or-api-mismatch",
        "Versions do not fit: {message}",
        "Use the version that the configuration asks for, or change its constraint.",
        message=r"(?i)unsupported terraform core version|version constraint|state snapshot was created by"
        r"|Unsupported (?:argument|block type|attribute)|incompatible provider version",
        confidence=0.87,
    ),
    rule(
        "terraform/variable",
        "configuration",
        "A variable has no value, or one that is not allowed: {message}",
        "Set it in a .tfvars file or the environment (TF_VAR_…).",
        message=r"(?i)no value for (?:required )?variable|invalid value for (?:input )?variable"
        r"|Missing required argument|undeclared (?:input variable|resource|module|local)"
        r"|Reference to undeclared",
        confidence=0.92,
    ),
    rule(
        "terraform/state-lock",
        "concurrency",
        "Another run holds the lock of the state: {message}",
        "Wait for it to end; `terraform force-unlock` only when it is dead.",
        message=r"(?i)acquiring the state lock|state lock|ConditionalCheckFailed|already locked",
        confidence=0.95,
    ),
    rule(
        "terraform/quota",
        "resource-exhaustion",
        "A quota of the cloud account is used up: {message}",
        "Ask for more, or remove what is not needed.",
        message=r"(?i)quota|LimitExceeded|limit exceeded|InsufficientInstanceCapacity|capacity",
        confidence=0.9,
    ),
    rule(
        "terraform/index",
        "missing-key-or-index",
        "A key or index is not in the collection: {message}",
        "Check with `contains`, `lookup` or `try`.",
        message=r"(?i)invalid index|does not (?:have an attribute|identify an element)|no matching .* found"
        r"|empty (?:list|result)",
        confidence=0.9,
    ),
    rule(
        "terraform/null",
        "null-or-undefined",
        "A value is null where one is needed: {message}",
        "Give it a default, or use `try` or `coalesce`.",
        message=r"(?i)null value|must not be null|cannot be null",
        confidence=0.9,
    ),
    rule(
        "terraform/type",
        "type-mismatch",
        "A value is of another type than is needed: {message}",
        "Convert it with `tostring`, `tolist`, `toset` and the like.",
        message=r"(?i)incorrect attribute value type|inconsistent conditional|invalid (?:function argument"
        r"|for_each argument|template interpolation)|inappropriate value|required type",
        confidence=0.88,
    ),
    rule(
        "terraform/cycle",
        "other",
        "Resources need each other in a circle: {message}",
        "Break the circle: take one reference out, or split a resource.",
        message=r"^Cycle: |dependency cycle",
        confidence=0.8,
    ),
    rule(
        "terraform/exists",
        "assertion-or-invariant",
        "What should be created is there already: {message}",
        "Import it into the state, or choose another name.",
        message=r"(?i)already exists|AlreadyOwnedByYou|EntityAlreadyExists|Duplicate",
        confidence=0.72,
    ),
    rule(
        "terraform/syntax",
        "parsing-or-encoding",
        "The configuration cannot be read: {message}",
        "Correct it at that line.",
        message=r"(?i)invalid (?:expression|character|block definition)|argument or block definition required"
        r"|missing newline|unclosed|invalid (?:multi-line )?string",
        confidence=0.9,
    ),
    *system_rules("terraform"),
    rule(
        "terraform/configuration",
        "configuration",
        "The provider refuses the configuration: {message}",
        "Correct the argument that the message names.",
        type="Error",
        confidence=0.45,
    ),
)
