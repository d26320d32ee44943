package dev.sluice.guide;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.codec.Codec;
import dev.sluice.layer.Stack;
import dev.sluice.net.Connection;
import dev.sluice.net.Memory;
import dev.sluice.session.Method;
import dev.sluice.session.Service;
import dev.sluice.session.Session;
import dev.sluice.session.SessionConfig;
import dev.sluice.task.TaskGroup;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CallsGuideTest {
    private static final Method<String, String> ASK = new Method<>("ask", Codec.utf8(), Codec.utf8());

    @Test
    void bothSidesCall() throws Exception {
        Memory.Pair pair = Memory.pair("guide");
        Connection near = pair.near();
        Connection far = pair.far();
        Sluice.run(() -> TaskGroup.run(group -> {
            // tag::both
            group.start("far", () -> {
                try (Session session = Session.over(far, Service.of(ASK, text -> text + "!"))) {
                    IO.println(session.call(ASK, "who is there"));
                    session.awaitEnd();
                }
            });
            try (Session session = Session.over(near, Service.of(ASK, text -> text + "?"))) {
                IO.println(session.call(ASK, "hello"));
                // end::both
                assertThat(session.version()).isEqualTo(1);
                while (session.statistics().answered() == 0) {
                    Sluice.yield();
                }
            }
        }));
    }

    @Test
    void sidesAgree() throws Exception {
        Memory.Pair pair = Memory.pair("guide");
        Connection connection = pair.near();
        Service service = Service.of(ASK, text -> text);
        Sluice.run(() -> TaskGroup.run(group -> {
            var peer = group.start(
                    "peer", () -> Session.over(Stack.over(pair.far()).deflate()));
            // tag::config
            SessionConfig config = SessionConfig.defaults()
                    .withVersions(1, 3) // of your own protocol
                    .withFeatures("receipts", "refunds")
                    .withCalls(1_000) // unanswered at the same time
                    .withKeepAlive(ofSeconds(20)) // after so much silence the peer is asked
                    .withAnswer(ofSeconds(5)) // and has so long to answer
                    .withIdle(ofMinutes(10)); // then a session without calls ends
            Session session = Session.over(Stack.over(connection).deflate().frames(), service, config);
            if (session.features().contains("refunds")) {
                IO.println("in version " + session.version());
            }
            // end::config
            peer.get().close();
            session.close();
        }));
    }
}
