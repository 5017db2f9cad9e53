"""One frame of a JVM stack trace, and whose code it is."""

import re
from dataclasses import replace

from crashlight_sdk import Frame, Origin, Span

# "at app//com.example.Users.load(Users.java:17) ~[users-1.0.jar:1.0]"; Ant, Maven and sbt put "[tag]" in front.
# The call may hold spaces (Kotlin's test names), but none before the parenthesis: that is JavaScript.
FRAME = re.compile(
    r"\s*+(?:\[\w++\]\s++)?at\s++(?P<call>[^()\s][^()]*?[^()\s])\((?P<place>"
    r"(?:(?:Native Method|Unknown Source|Compiled Code|Hidden Source|<generated>|NO_SOURCE_FILE)(?::\d++)?)"
    r"|(?P<file>[\w$<>. -]*?\.(?:java|kts?|scala|groovy|gvy|gsp|clj[cs]?|jsp|xtend|aj|rb|py|sc))(?::(?P<line>-?\d++))?"
    r"|(?:[\w$-]+(?::\d++)?)"
    r")\)(?P<jar>\s*~?\[[^\]]*\]?)?(?! in .*:line )"
)
_LOADER = re.compile(r"(?:[\w.@$-]*/)++")
_GENERATED = re.compile(
    r"\$\$Lambda|MockitoMock|EnhancerBy|FastClassBy|SpringCGLIB|HibernateProxy|\$Proxy\d|ByteBuddy|Generated\w*Accessor"
    r"|^_COROUTINE\.|\$\$ExternalSyntheticLambda"
)
# Assertion libraries and test runners count as the runtime: a failed assertion is never their fault.
_RUNTIME = (
    "java.", "javax.crypto.", "javax.net.", "javax.security.", "javax.swing.", "javax.xml.", "javax.naming.",
    "javax.sql.", "javax.management.", "javax.script.", "javax.imageio.", "javax.sound.", "javax.print.", "jdk.",
    "sun.", "com.sun.", "kotlin.", "scala.", "groovy.lang.", "groovy.util.", "org.codehaus.groovy.",
    "org.apache.groovy.", "clojure.", "android.", "com.android.", "dalvik.", "libcore.", "org.graalvm.", "oracle.jrockit.",
    "com.oracle.svm.", "_COROUTINE.", "apple.", "com.apple.", "org.apache.harmony.", "j$.", "desugar.", "junit.",
    "org.junit.", "org.hamcrest.", "org.assertj.", "org.testng.", "org.opentest4j.", "org.scalatest.", "kotlin.test.",
)  # fmt: skip
_LIBRARIES = (
    "akka.", "android.support.", "androidx.", "antlr.", "apoc.", "brave.", "bsh.", "cats.", "ch.qos.", "cn.hutool.",
    "co.elastic.", "coil.", "com.airbnb.", "com.alibaba.", "com.amazonaws.", "com.android.volley.", "com.azure.",
    "com.bumptech.", "com.codahale.", "com.crashlytics.", "com.datastax.", "com.esotericsoftware.",
    "com.facebook.react.", "com.fasterxml.", "com.github.benmanes.", "com.google.android.", "com.google.api.", "com.google.auth.", "com.google.cloud.", "com.google.common.",
    "com.google.firebase.", "com.google.gson.", "com.google.inject.", "com.google.protobuf.", "com.google.zxing.", "com.graphql", "com.hazelcast.",
    "com.intellij.", "com.jakewharton.", "com.jayway.", "com.jcraft.", "com.jetbrains.", "com.jogamp.", "com.lmax.",
    "com.mchange.", "com.microsoft.", "com.mongodb.", "com.mysql.", "com.netflix.", "com.ning.", "com.opencsv.",
    "com.sendgrid.", "com.squareup.", "com.sun.jersey.", "com.sun.mail.", "com.thoughtworks.xstream.", "com.twitter.",
    "com.typesafe.", "com.univocity.", "com.vaadin.", "com.zaxxer.", "dagger.", "edu.umd.", "feign.", "freemarker.",
    "graphql.", "hudson.remoting.", "io.cucumber.", "io.dropwizard.", "io.fabric8.", "io.getquill.", "io.grpc.",
    "io.jsonwebtoken.", "io.kotest.", "io.ktor.", "io.lettuce.", "io.micrometer.", "io.micronaut.", "io.mockk.",
    "io.netty.", "io.opentelemetry.", "io.prometheus.", "io.quarkus.", "io.reactivex.", "io.restassured.",
    "io.smallrye.", "io.undertow.", "io.vertx.", "jakarta.", "javassist.", "javax.", "jnr.", "kafka.",
    "kotlinx.", "leakcanary.", "liquibase.", "lombok.", "monix.", "mu.", "net.bytebuddy.", "net.jodah.", "net.minecraft.",
    "net.minecraftforge.", "net.sf.", "net.sourceforge.", "nl.jqno.", "ognl.", "okhttp3.", "okio.", "oracle.",
    "org.acra.", "org.antlr.", "org.apache.", "org.apiguardian.", "org.aspectj.", "org.bouncycastle.",
    "org.bson.", "org.bukkit.", "org.codehaus.", "org.dom4j.", "org.eclipse.", "org.ehcache.", "org.elasticsearch.",
    "org.flywaydb.", "org.freemarker.", "org.glassfish.", "org.gradle.", "org.greenrobot.", "org.h2.", 
    "org.hibernate.", "org.hsqldb.", "org.http4s.", "org.infinispan.", "org.jacoco.", "org.jboss.", "org.jdbi.",
    "org.jetbrains.", "org.jfree.", "org.joda.", "org.jooq.", "org.json.", "org.jsoup.", "org.koin.",
    "org.lwjgl.", "org.mariadb.", "org.mockito.", "org.mongodb.", "org.mortbay.", "org.mybatis.", "org.neo4j.",
    "org.objectweb.", "org.omg.", "org.openqa.", "org.osgi.", "org.postgresql.", "org.quartz.",
    "org.reactivestreams.", "org.redisson.", "org.reflections.", "org.robolectric.", "org.scalacheck.", "org.scalajs.",
     "org.scalatra.", "org.simpleframework.", "org.slf4j.", "org.specs2.", "org.spockframework.",
    "org.springframework.", "org.springdoc.", "org.sqlite.", "org.testcontainers.", "org.thymeleaf.",
    "org.tukaani.", "org.w3c.", "org.wildfly.", "org.xml.", "org.xnio.", "org.yaml.", "org.zeroturnaround.", "play.",
    "reactor.", "redis.", "retrofit2.", "rx.", "sbt.", "scalaz.", "shapeless.", "slick.", "spark.", "spray.",
    "springfox.", "timber.", "weblogic.", "zio.", "zipkin2.",
)  # fmt: skip


def frame_of(line: str, index: int) -> Frame | None:
    """The frame that the line prints, or None."""
    match = FRAME.match(line) if "at " in line else None
    if match is None or "." not in match["call"]:
        return None
    call = _LOADER.sub("", match["call"], count=1) if "/" in match["call"].partition("(")[0] else match["call"]
    owner = call.rpartition(".")[0]
    number = match["line"]
    return Frame(
        file=match["file"],
        line=int(number) if number and int(number) > 0 else None,
        function=call,
        module=owner,
        origin=origin(call, match["jar"] or ""),
        printed=Span(index, match.start("place"), match.end("place")),
    )


def wrapped_frame(line: str, index: int) -> Frame | None:
    """The frame whose "at" stands alone on the line before, as mail programs wrap it."""
    frame = frame_of("at " + line.lstrip(), index)
    if frame is None or frame.printed is None:
        return None
    shift = len(line) - len(line.lstrip()) - 3
    span = frame.printed
    return replace(frame, printed=Span(index, span.start + shift, None if span.end is None else span.end + shift))


def origin(call: str, jar: str = "") -> Origin:
    """The origin by package, and by the place of the class where the logger prints it (``[classes/:?]``)."""
    if _GENERATED.search(call):
        return "library"
    if "[classes" in jar or "[main/" in jar:
        return "app"
    if call.startswith(("com.sun.mail.", "com.sun.jersey.", "com.android.volley.", "android.support.")):
        return "library"
    if call.startswith(_RUNTIME):
        return "runtime"
    return "library" if call.startswith(_LIBRARIES) else "app"


def language_of(frames: tuple[Frame, ...]) -> str:
    """The language of the innermost frame of the application that names a file."""
    for wanted in ("app", "library"):
        for frame in frames:
            if frame.origin == wanted and frame.file:
                suffix = frame.file.rpartition(".")[2]
                return _LANGUAGES.get(suffix, "java")
    return "java"


_LANGUAGES = {
    "kt": "kotlin", "kts": "kotlin", "scala": "scala", "sc": "scala", "groovy": "groovy", "gvy": "groovy",
    "gsp": "groovy", "clj": "clojure", "cljc": "clojure",
}  # fmt: skip
