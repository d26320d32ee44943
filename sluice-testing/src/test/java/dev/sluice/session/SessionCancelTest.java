package dev.sluice.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.layer.Stack;
import dev.sluice.net.Memory;
import dev.sluice.session.SessionContract.Sum;
import dev.sluice.task.TaskGroup;
import dev.sluice.testing.Cancellations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Cancellation at every suspension of calls: the session goes on, no place for a call is lost, and each call
/// that was asked is answered once.
@Tag("needs-opens")
class SessionCancelTest {
    private static final SessionConfig ONE = SessionConfig.defaults().withCalls(1);

    private static final class Calls {
        private Session client;
        private Session server;
        private int done;

        Calls() {
            Memory.Pair pair = Memory.pair("test");
            Service service = SessionContract.service().with(SessionContract.WAIT, text -> {
                Sluice.yield();
                return text;
            });
            TaskGroup.run(group -> {
                group.start("server", () -> {
                    server = Session.over(Stack.over(pair.far()).frames(), service, ONE);
                });
                try {
                    client = Session.over(Stack.over(pair.near()).frames(), service, ONE);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }

        void go() throws Exception {
            assertThat(client.call(SessionContract.WAIT, "x")).isEqualTo("x");
            done++;
            assertThat(server.call(SessionContract.ADD, new Sum(List.of(1, 2)))).isEqualTo(3);
            done++;
            assertThat(client.call(SessionContract.BYTES, new byte[100_000])).hasSize(100_000);
            done++;
        }

        void rest() throws Exception {
            assertThat(done).isBetween(0, 3);
            assertThat(client.call(SessionContract.ECHO, "on")).isEqualTo("on");
            assertThat(server.call(SessionContract.ECHO, "on")).isEqualTo("on");
            Session.Statistics near = client.statistics();
            Session.Statistics far = server.statistics();
            assertThat(near.asking() + far.asking()).isZero();
            assertThat(near.answering() + far.answering()).isZero();
            assertThat(near.asked()).isEqualTo(far.answered());
            assertThat(far.asked()).isEqualTo(near.answered());
            client.close();
            server.close();
        }
    }

    @Test
    void callsAreCancelledEverywhere() throws Exception {
        int cancelled = Cancellations.atEverySuspension(Calls::new, Calls::go, Calls::rest);
        assertThat(cancelled).isGreaterThan(20);
    }
}
