"""The JVM analyzer on shapes of reports that the small programs do not print."""

from pathlib import Path

import pytest

from crashlight_sdk.reports import culprit
from crashlight_sdk.testing import load, parse

ANALYZER = load(Path(__file__).resolve().parents[3] / "plugins" / "builtin" / "jvm")

# name: (text, reports), and a report is (first line, last line, class, file and line of the culprit, category, handled)
SHAPES = {
    "console": (
        """\
java.lang.RuntimeException: 
  at android.app.ActivityThread.performLaunchActivity (ActivityThread.java:2195)
  at android.app.ActivityThread.main (ActivityThread.java:5030)
  at java.lang.reflect.Method.invokeNative (Native Method)
Caused by: java.lang.NullPointerException: 

  at org.shop.MainActivity.attachBaseContext ## where?

  at org.shop.MainActivity.onCreate (MainActivity.java:41)

  at android.app.Activity.attach (Activity.java:5186)""",
        [(0, 10, "java.lang.NullPointerException", "MainActivity.java", 41, "null-or-undefined", False)],
    ),
    "dagger": (
        """\
FATAL EXCEPTION: main
java.lang.RuntimeException: Unable to start activity
                      at android.os.Handler.dispatchMessage(Handler.java:102)†
                      at org.shop.Main.run(Main.java:12)†""",
        [(0, 3, "java.lang.RuntimeException", "Main.java", 12, "other", False)],
    ),
    "spring": (
        """\
2020-06-19 17:17:27.517 ERROR 76924 --- [nio-9081-exec-3] o.a.c.c.C.[.[.[/].[dispatcherServlet] : Servlet.service() threw exception [Request processing failed; nested exception is java.lang.NullPointerException] with root cause

java.lang.NullPointerException: null
at com.shop.resource.Catalog.getCatalog(Catalog.java:28) ~[classes/:na]
at sun.reflect.NativeMethodAccessorImpl.invoke0(Native Method) ~[na:1.8.0_101]
at org.springframework.web.method.support.InvocableHandlerMethod.doInvoke(InvocableHandlerMethod.java:190) ~[spring-web-5.2.7.RELEASE.jar:5.2.7.RELEASE]""",
        [(2, 5, "java.lang.NullPointerException", "Catalog.java", 28, "null-or-undefined", False)],
    ),
    "mailwrap": (
        """\
java.lang.NullPointerException

at
com.shop.server.Locator.accept(Locator.java:87)

at
com.shop.server.Right.accept(Right.java:111)""",
        [(0, 6, "java.lang.NullPointerException", "Locator.java", 87, "null-or-undefined", False)],
    ),
    "jboss": (
        """\
15:58:22,892 ERROR [io.undertow.request] (default task-36) UT005023: Exception handling request to /x: javax.servlet.ServletException
	at javax.faces.webapp.FacesServlet.service(FacesServlet.java:671)
	at com.shop.Page.render(Page.java:30)""",
        [(0, 2, "javax.servlet.ServletException", "Page.java", 30, "other", False)],
    ),
    "obf": (
        """\
java.lang.IllegalStateException: Fragment already added
	at a.b.c.d(Unknown Source:12)
	at com.shop.app.a.a(SourceFile:33)
	at android.os.Handler.handleCallback(Handler.java:790)""",
        [(0, 3, "java.lang.IllegalStateException", None, None, "assertion-or-invariant", False)],
    ),
    "scala": (
        """\
Exception in thread "main" scala.MatchError: pear (of class java.lang.String)
	at shop.Basket$.price(Basket.scala:12)
	at shop.Main$.delayedEndpoint$shop$Main$1(Main.scala:5)
	at scala.App.$anonfun$main$1(App.scala:76)""",
        [(0, 3, "scala.MatchError", "Basket.scala", 12, "assertion-or-invariant", False)],
    ),
    "groovy": (
        """\
groovy.lang.MissingPropertyException: No such property: totl for class: shop.Basket
	at org.codehaus.groovy.runtime.ScriptBytecodeAdapter.unwrap(ScriptBytecodeAdapter.java:65)
	at shop.Basket.total(Basket.groovy:7)""",
        [(0, 2, "groovy.lang.MissingPropertyException", "Basket.groovy", 7, "type-mismatch", False)],
    ),
    "clojure": (
        """\
Exception in thread "main" java.lang.NullPointerException
	at clojure.lang.Numbers.ops(Numbers.java:1018)
	at shop.core$total.invokeStatic(core.clj:12)
	at shop.core$_main.doInvoke(core.clj:20)""",
        [(0, 3, "java.lang.NullPointerException", "core.clj", 12, "null-or-undefined", False)],
    ),
    "gradle": (
        """\
* What went wrong:
Execution failed for task ':app:compileJava'.
> Compilation failed

* Exception is:
org.gradle.api.tasks.TaskExecutionException: Execution failed for task ':app:compileJava'.
	at org.gradle.api.internal.tasks.execution.Executer.execute(Executer.java:38)
	... 30 more
Caused by: org.gradle.api.internal.tasks.compile.CompilationFailedException: Compilation failed; see the compiler error output for details.
	at org.gradle.api.internal.tasks.compile.JdkJavaCompiler.execute(JdkJavaCompiler.java:48)
	... 12 more""",
        [
            (
                5,
                10,
                "org.gradle.api.internal.tasks.compile.CompilationFailedException",
                "JdkJavaCompiler.java",
                48,
                "other",
                False,
            )
        ],
    ),
    "wrappedby": (
        """\
java.net.ConnectException: Connection refused
	at com.shop.Db.open(Db.java:12)
Wrapped by: com.shop.StoreException: no store
	at com.shop.Store.get(Store.java:30)
	at com.shop.Main.main(Main.java:3)""",
        [(0, 4, "java.net.ConnectException", "Db.java", 12, "network-or-timeout", False)],
    ),
    "anr": (
        """\
ANR in com.shop (com.shop/.MainActivity)
PID: 12345
Reason: Input dispatching timed out (Waiting to send non-key event)
Load: 12.1 / 11.2 / 10.3
CPU usage from 0ms to 5000ms later:
  95% 12345/com.shop: 90% user + 5% kernel""",
        [(0, 5, "ANR", None, None, "concurrency", False)],
    ),
    "hserr": (
        """\
#
# A fatal error has been detected by the Java Runtime Environment:
#
#  SIGSEGV (0xb) at pc=0x00007f3b4a1c2f10, pid=4242, tid=4243
#
# JRE version: OpenJDK Runtime Environment (17.0.8+7) (build 17.0.8+7)
# Problematic frame:
# C  [libprices.so+0x1f10]  price_of+0x20
#
# Core dump will be written.
#""",
        [(0, 10, "SIGSEGV", None, None, "memory-corruption", False)],
    ),
    "handled": (
        """\
2024-01-01 10:00:00 INFO  c.s.Retry - attempt failed, retrying
java.net.SocketTimeoutException: Read timed out
	at com.shop.Http.get(Http.java:12)""",
        [(1, 2, "java.net.SocketTimeoutException", "Http.java", 12, "network-or-timeout", True)],
    ),
}


@pytest.mark.parametrize("name", SHAPES)
def test_shape(name: str) -> None:
    text, expected = SHAPES[name]
    found = []
    for crash in parse(ANALYZER, text):
        frame = culprit(crash.root)
        place = (frame.file, frame.line) if frame is not None else (None, None)
        finding = ANALYZER.explain(crash, None)
        assert finding is not None
        found.append(
            (crash.first_line, crash.last_line, crash.root.crash_type, *place, finding.category, crash.handled)
        )
    assert found == expected


# ruff: noqa: E501, W291 -- the shapes are as wide as reports are, and end as they do.
