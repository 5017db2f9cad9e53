"""Frames of Apple's crash reports, of exceptions of Objective-C, and of Swift's own backtraces."""

import re

from crashlight_sdk import Frame, Origin, Span

_REPORT = re.compile(r"^\s*+(?P<number>\d++)\s++(?P<module>[^\s\[].*?)\s++(?:\t ?)?0x[0-9a-f]{6,16} (?P<rest>\S.*)$")
_OFFSET = re.compile(r" \+ \d++(?: \((?P<place>(?P<file>[^():]++):(?P<line>\d++))\))?(?:\s*+\[[^\]]*+\])?\s*$")
_INLINE = re.compile(r" \((?P<place>(?P<file>[^():]++):(?P<line>\d++))\)\s*$")
_SWIFT = re.compile(
    r"^\s*+(?P<number>\d++)(?: \[\w++\])* (?:0x[0-9a-f]{6,16} )?(?P<name>\S.*?)(?: \+ \d++)? in (?P<module>\S++)"
    r"(?: at (?P<place>(?P<file>[^:]++):(?P<line>\d++)(?::(?P<column>\d++))?))?\s*$"
)
_SYSTEM = re.compile(
    r"^(?:lib(?:swift|system|dispatch|objc|c\+\+|xpc|dyld|sqlite|BacktraceRecording"
    r"|MainThreadChecker)[\w.+-]*+|dyld|CoreFoundation|Foundation|UIKit(?:Core)?|UIKitServices"
    r"|AppKit|SwiftUI|SwiftUICore|GraphicsServices|QuartzCore|CoreData|CoreGraphics|CoreAutoLayout"
    r"|CFNetwork|Security|WebKit|JavaScriptCore|AVFoundation|AVFCore|Combine|Metal|CoreAnimation"
    r"|HIToolbox|AttributeGraph|FrontBoardServices|BaseBoard|BoardServices|Network|CoreLocation|MapKit"
    r"|XCTest\w*+|libXCTest\w*+|RunningBoardServices|CoreServices|IOKit|SpriteKit|SceneKit|ARKit"
    r"|GameController|StoreKit|PhotosUI|Photos|MediaToolbox|CoreMedia|CoreImage|ImageIO|AGX\w*+"
    r"|MetalPerformanceShaders|CoreText|UIFoundation|\?\?\?)$"
)
_LIBRARY = re.compile(
    r"^(?:Alamofire|RealmSwift|Realm|Firebase\w*+|GoogleUtilities|Kingfisher|SDWebImage|AFNetworking"
    r"|RxSwift|RxCocoa|SnapKit|Crashlytics|Sentry|FBSDK\w*+|GRDB|Starscream|Moya|Lottie|hermes|React\w*+"
    r"|Flutter|UnityFramework)$"
)
_MACHINERY = re.compile(
    r"_fatalErrorMessage|_assertionFailure|swift_\w++|^__exceptionPreprocess|objc_exception_throw"
    r"|^_?start$|^main$(?<!main)|preconditionFailure|closure #1 in .*assertionFailure"
)


def frame_at(line: str, at: int) -> Frame | None:
    """The call that a line shows, or None."""
    report = _REPORT.match(line)
    if report:
        rest = report["rest"]
        place = _OFFSET.search(rest) or _INLINE.search(rest)
        name = rest[: place.start()] if place else rest
        start = report.start("rest")
        printed = (
            Span(at, start + place.start("place"), start + place.end("place")) if place and place["place"] else None
        )
        found = place.groupdict() if place else {}
        module = report["module"].strip()
        return _made(name.strip(), module, printed, file=found.get("file"), line=found.get("line"), column=None)
    swift = _SWIFT.match(line)
    if swift and (swift["place"] or "0x" in line):
        printed = Span(at, swift.start("place"), swift.end("place")) if swift["place"] else None
        return _made(
            swift["name"], swift["module"], printed, file=swift["file"], line=swift["line"], column=swift["column"]
        )
    return None


def origin(function: str | None, module: str | None, file: str | None) -> Origin:
    """By the binary that the code is in, and by Swift's own sources."""
    if module and _SYSTEM.match(module):
        return "runtime"
    if function and _MACHINERY.search(function):
        return "runtime"
    if file and re.match(r"^(?:Swift/|/BuildRoot/|.*/usr/lib/swift)", file):
        return "runtime"
    if (module and _LIBRARY.match(module)) or (
        file and re.search(r"/Pods/|/\.build/checkouts/|SourcePackages/checkouts", file)
    ):
        return "library"
    return "app"


def made(function: str | None, file: str | None, line: int | None, module: str | None) -> Frame:
    """A frame from a field of a JSON report, which has no place of its own in the window."""
    return Frame(file, line, function, None, module, origin(function, module, file))


def _made(
    function: str, module: str, printed: Span | None, *, file: str | None, line: str | None, column: str | None
) -> Frame:
    known = re.sub(r"^0x[0-9a-f]++$", "", function) or None
    return Frame(
        file=file,
        line=int(line[:9]) or None if line else None,
        function=known,
        column=int(column[:9]) if column else None,
        module=module,
        origin=origin(known, module, file),
        printed=printed,
    )
