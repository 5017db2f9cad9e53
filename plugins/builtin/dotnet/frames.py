"""Frames of .NET, Mono, Unity and NativeAOT, in any language that the runtime speaks.

The words are those of ``Exception.StackTrace`` (the resources ``Word_At`` and ``StackTrace_InFileLineNumber``
of dotnet/runtime) and of Mono's and Unity's own printers.
"""

import re

from crashlight_sdk import Frame, Origin, Span

_AT = "at|bei|à|en|в|в методе|em|w|in|vid|ved|kohteessa|na|v|konum:|場所|위치:|在|於|a"
_FRAME = re.compile(rf"^\s*+(?:{_AT}) (?P<rest>(?:\(wrapper [\w-]++\) )?[\w<(`.].*)$")
_PLACE = re.compile(
    r" (?:in|dans|en|в|em|w|i|на|v|v|場所|파일|位置|於|location|konum) (?P<file>(?:[A-Za-z]:)?[^:\s][^:]*?|<[^>]*+>):"
    r"(?:line |Zeile |ligne |línea |linha |riga |строка |wiersz |rad |řádek |satır |行 ?|줄 ?|行号 ?)?"
    r"(?P<line>\d++)\.?\s*$"
)
_OFFSET = re.compile(r"\s*+(?:\[0x[0-9a-fA-F]++\]|<0x[0-9a-f]++(?: \+ 0x[0-9a-f]++)?>|\+ ?(?:IL_|0x)[0-9a-f]++)\s*$")
_EDITOR = re.compile(
    r"^(?P<function>[\w.<>`+/|$\[\], :]*?) ?\((?P<arguments>[^()]*+)\) \(at "
    r"(?P<place>(?P<file>[^():]++(?::[\\/][^():]*+)?):(?P<line>\d++))\)\s*$"
)
_RETHROWN = re.compile(r"^\s*+--- .{5,80} ---\s*$")

_RUNTIME = re.compile(
    r"^(?:System|Internal|Interop|MS\.Internal|mscorlib|Microsoft\.(?:Win32|CSharp|VisualBasic)"
    r"|Mono\.(?:Runtime|Globalization)|Thread|UnityEngine\.(?:SetupCoroutine"
    r"|UnitySynchronizationContext))\b"
)
_LIBRARY = re.compile(
    r"^(?:Microsoft|UnityEngine|UnityEditor|Unity|TMPro|NHibernate|Newtonsoft|Castle|Autofac|Ninject"
    r"|NUnit|Xunit|Serilog|NLog|log4net|Dapper|MySql|MySqlConnector|Npgsql"
    r"|Oracle|StackExchange|RestSharp|Moq|AutoMapper|MassTransit|Quartz|Hangfire|Polly|MediatR"
    r"|FluentValidation|Grpc|Google|Amazon|Azure|RabbitMQ|Confluent|MongoDB|Elasticsearch|Nest"
    r"|IdentityServer4|Swashbuckle|SixLabors|SkiaSharp|Avalonia|ReactiveUI|DevExpress|Telerik|Syncfusion"
    r"|EntityFramework|JetBrains|Mono|Gtk|GLib|Gdk|Xwt|Xamarin|Android|AndroidX|Java|UIKit|Foundation"
    r"|ObjCRuntime|CoreFoundation|Sentry|Nancy|ServiceStack|Orleans|Akka|ICSharpCode|CsvHelper|HarmonyLib"
    r"|BepInEx|0Harmony|Zenject|DG\.Tweening|Cysharp|UniRx|Photon|Mirror|Steamworks|FSharp|Zomp"
    r"|Cinemachine)\."
)
_BUILD = re.compile(
    r"/_/src/|[\\/]mcs[\\/]class[\\/]|[\\/](?:coreclr|corefx|runtime|aspnetcore"
    r"|referencesource)[\\/]src[\\/]|^/_/|[\\/]\.nuget[\\/]packages[\\/]|Library[\\/]PackageCache"
    r"|/build/Output/|bokken/build"
)


def frame_at(line: str, at: int) -> Frame | None:
    """The call that a line shows, or None."""
    match = _FRAME.match(line)
    if match is None:
        editor = _EDITOR.match(line)
        if editor and ("." in editor["function"] or ":" in editor["function"]):
            return _made(
                editor["function"].replace(":", ".", 1),
                editor["file"],
                editor["line"],
                Span(at, editor.start("place"), editor.end("place")),
            )
        return None
    rest = match["rest"].rstrip()
    place = _PLACE.search(rest)
    call = rest[: place.start()] if place else rest
    bare = _OFFSET.sub("", call)
    function = _function(bare)
    if function is None or not (place or _is_dotnet(bare, call, function)):
        return None
    start = match.start("rest")
    printed = Span(at, start + place.start("file"), start + place.end("line")) if place else None
    return _made(function, place["file"] if place else None, place["line"] if place else None, printed)


def is_separator(line: str) -> bool:
    """A line such as ``--- End of stack trace from previous location ---``, in any language."""
    return bool(_RETHROWN.match(line))


def origin(function: str, file: str | None) -> Origin:
    """By namespace, and by the build trees of the framework."""
    name = function.removeprefix("(wrapper ").partition(") ")[2] if function.startswith("(wrapper") else function
    if function.startswith("(wrapper"):
        return "runtime"
    if _RUNTIME.match(name):
        return "runtime"
    if _LIBRARY.match(name):
        return "library"
    if file and _BUILD.search(file):
        return "library"
    return "app"


def _function(call: str) -> str | None:
    """``Ns.Type.Method`` of ``Ns.Type.Method(String a, Func`2 b)``."""
    if not call.endswith(")"):
        return call if re.match(r"[\w.!<>`]++!", call) else None
    depth = 0
    for index in range(len(call) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(call[index], 0)
        if depth == 0:
            return call[:index].rstrip() or None
    return None


def _is_dotnet(bare: str, call: str, function: str) -> bool:
    """A frame without a place must look like one of .NET: Java and JavaScript write "at" too."""
    arguments = bare[len(function) :].strip()[1:-1]
    if re.search(
        r":\d++|^native$|^Native Method$|^Unknown Source|\.(?:java|kt|scala|groovy|js|ts)\b|<anonymous>|^index \d",
        arguments,
    ):
        return False
    if (
        ("." not in function and "!" not in function)
        or "/" in function
        or "$" in function.replace("$$", "")
        or " " in function.removeprefix("(wrapper").replace("`", "")
    ):
        return "(wrapper" in function or ("." in function and "[" in function and "/" not in function)
    return bare != call or not arguments or bool(re.match(r"^[\w.`\[\]&*<>, +?(){}:-]++$", arguments))


def _made(function: str, file: str | None, line: str | None, printed: Span | None) -> Frame:
    known = file if file and not file.startswith("<") and file != "filename unknown" else None
    return Frame(
        file=known,
        line=(int(line[:9]) or None) if line and known else None,
        function=function,
        module=function.rpartition(".")[0] or None,
        origin=origin(function, known),
        printed=printed if known else None,
    )
