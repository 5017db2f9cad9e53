"""Packages of the JVM world that are not the application: prefixes of class names."""

# The platform, and what only carries calls: a failed assertion is never the fault of the test runner.
_RUNTIME = """
    java. javax.crypto. javax.net. javax.security. javax.swing. javax.xml. javax.naming. javax.sql.
    javax.management. javax.script. javax.imageio. javax.sound. javax.print. jdk. sun. com.sun. kotlin. scala.
    groovy.lang. groovy.util. org.codehaus.groovy. org.apache.groovy. clojure. android. com.android. dalvik.
    libcore. org.graalvm. oracle.jrockit. com.oracle.svm. _COROUTINE. apple. com.apple. org.apache.harmony. j$.
    desugar. junit. org.junit. org.hamcrest. org.assertj. org.testng. org.opentest4j. org.scalatest. kotlin.test.
"""
_LIBRARIES = """
    akka. android.support. androidx. antlr. apoc. brave. bsh. cats. ch.qos. cn.hutool. co.elastic. coil. com.airbnb.
    com.alibaba. com.amazonaws. com.android.volley. com.azure. com.bumptech. com.codahale. com.crashlytics.
    com.datastax. com.esotericsoftware. com.facebook.react. com.fasterxml. com.github.benmanes. com.google.android.
    com.google.api. com.google.auth. com.google.cloud. com.google.common. com.google.firebase. com.google.gson.
    com.google.inject. com.google.protobuf. com.google.zxing. com.graphql com.hazelcast. com.intellij.
    com.jakewharton. com.jayway. com.jcraft. com.jetbrains. com.jogamp. com.lmax. com.mchange. com.microsoft.
    com.mongodb. com.mysql. com.netflix. com.ning. com.opencsv. com.sendgrid. com.squareup. com.sun.jersey.
    com.sun.mail. com.thoughtworks.xstream. com.twitter. com.typesafe. com.univocity. com.vaadin. com.zaxxer.
    dagger. edu.umd. feign. freemarker. graphql. hudson.remoting. io.cucumber. io.dropwizard. io.fabric8.
    io.getquill. io.grpc. io.jsonwebtoken. io.kotest. io.ktor. io.lettuce. io.micrometer. io.micronaut. io.mockk.
    io.netty. io.opentelemetry. io.prometheus. io.quarkus. io.reactivex. io.restassured. io.smallrye. io.undertow.
    io.vertx. jakarta. javassist. javax. jnr. kafka. kotlinx. leakcanary. liquibase. lombok. monix. mu.
    net.bytebuddy. net.jodah. net.minecraft. net.minecraftforge. net.sf. net.sourceforge. nl.jqno. ognl. okhttp3.
    okio. oracle. org.acra. org.antlr. org.apache. org.apiguardian. org.aspectj. org.bouncycastle. org.bson.
    org.bukkit. org.codehaus. org.dom4j. org.eclipse. org.ehcache. org.elasticsearch. org.flywaydb. org.freemarker.
    org.glassfish. org.gradle. org.greenrobot. org.h2. org.hibernate. org.hsqldb. org.http4s. org.infinispan.
    org.jacoco. org.jboss. org.jdbi. org.jetbrains. org.jfree. org.joda. org.jooq. org.json. org.jsoup. org.koin.
    org.lwjgl. org.mariadb. org.mockito. org.mongodb. org.mortbay. org.mybatis. org.neo4j. org.objectweb. org.omg.
    org.openqa. org.osgi. org.postgresql. org.quartz. org.reactivestreams. org.redisson. org.reflections.
    org.robolectric. org.scalacheck. org.scalajs. org.scalatra. org.simpleframework. org.slf4j. org.specs2.
    org.spockframework. org.springdoc. org.springframework. org.sqlite. org.testcontainers. org.thymeleaf.
    org.tukaani. org.w3c. org.wildfly. org.xml. org.xnio. org.yaml. org.zeroturnaround. play. reactor. redis.
    retrofit2. rx. sbt. scalaz. shapeless. slick. spark. spray. springfox. timber. weblogic. zio. zipkin2.
"""
RUNTIME: tuple[str, ...] = tuple(_RUNTIME.split())
LIBRARIES: tuple[str, ...] = tuple(_LIBRARIES.split())
