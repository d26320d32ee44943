package dev.sluice.net;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.net.NetException.Ends;
import dev.sluice.testing.Cancellations;
import dev.sluice.testing.Simulation;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Several addresses of a host, in virtual time.
@Tag("needs-opens")
@SuppressWarnings("resource") // whether the connections are closed is what is tested
class RaceTest {
    private static final Ends ENDS = Ends.to(new TcpAddress("host", 80));
    private static final Duration NEVER = ofSeconds(1_000);

    /// A network in which each address answers after a time, or refuses.
    private static final class Network {
        final Map<String, Duration> answers = new HashMap<>();
        final Map<String, Duration> refusals = new HashMap<>();
        final List<String> attempts = new ArrayList<>();
        final List<Memory.Pair> connections = new ArrayList<>();

        Network answer(String ip, Duration after) {
            answers.put(ip, after);
            return this;
        }

        Network refuse(String ip, Duration after) {
            refusals.put(ip, after);
            return this;
        }

        Connection connect(InetAddress ip) throws NetException {
            String name = Names.text(ip);
            attempts.add(name);
            if (refusals.containsKey(name)) {
                Sluice.sleep(refusals.get(name));
                throw NetException.of("connect", Ends.to(new TcpAddress(name, 80)), "refused");
            }
            Sluice.sleep(answers.getOrDefault(name, NEVER));
            Memory.Pair pair = Memory.pair(name);
            connections.add(pair);
            return pair.near();
        }

        Connection race(String... ips) throws NetException {
            return Race.run(places(ips), ENDS, this::connect);
        }

        /// How many of the connections have not been ended.
        long open() {
            return connections.stream().filter(pair -> !isClosed(pair.near())).count();
        }

        private static boolean isClosed(Connection connection) {
            try {
                connection.write(new byte[1]);
                return false;
            } catch (IOException closed) {
                return true;
            }
        }
    }

    private static List<InetAddress> places(String... ips) {
        return List.of(ips).stream().map(InetAddress::ofLiteral).toList();
    }

    private static Duration took(Body body) throws Exception {
        Duration[] took = new Duration[1];
        Simulation.seed(1).run(() -> {
            long start = Simulation.current().clock().nanoTime();
            body.run();
            took[0] = Duration.ofNanos(Simulation.current().clock().nanoTime() - start);
        });
        return took[0];
    }

    private interface Body {
        void run() throws Exception;
    }

    @Test
    void theFamiliesTakeTurns() {
        assertThat(Race.inTurns(places("10.0.0.1", "10.0.0.2", "10.0.0.3", "2001:db8::1", "2001:db8::2")))
                .isEqualTo(places("2001:db8::1", "10.0.0.1", "2001:db8::2", "10.0.0.2", "10.0.0.3"));
    }

    @Test
    void theNextIsTriedWhenTheFirstDoesNotAnswer() throws Exception {
        var network = new Network().answer("10.0.0.1", ofMillis(10));
        Duration took = took(() -> {
            Connection connection = network.race("10.0.0.1", "2001:db8::1");
            assertThat(connection.local()).hasToString("memory:10.0.0.1.near");
            assertThat(network.open()).isEqualTo(1);
            connection.abort();
        });
        assertThat(network.attempts).containsExactly("2001:db8::1", "10.0.0.1");
        assertThat(took).isBetween(ofMillis(260), ofMillis(270));
    }

    @Test
    void theNextIsTriedAtOnceWhenTheFirstIsRefused() throws Exception {
        var network = new Network().refuse("2001:db8::1", ofMillis(1)).answer("10.0.0.1", ofMillis(10));
        Duration took = took(() -> network.race("10.0.0.1", "2001:db8::1").abort());
        assertThat(took).isBetween(ofMillis(11), ofMillis(20));
    }

    @Test
    void aSlowFirstMayStillWin() throws Exception {
        var network = new Network().answer("2001:db8::1", ofMillis(300)).answer("10.0.0.1", ofMillis(200));
        Duration took = took(() -> {
            Connection connection = network.race("10.0.0.1", "2001:db8::1");
            assertThat(connection.local()).hasToString("memory:2001:db8::1.near");
            connection.abort();
        });
        assertThat(took).isBetween(ofMillis(300), ofMillis(310));
    }

    @Test
    void allFailuresAreTold() throws Exception {
        var network = new Network()
                .refuse("2001:db8::1", ofMillis(1))
                .refuse("10.0.0.1", ofMillis(400))
                .refuse("10.0.0.2", ofMillis(1));
        took(() -> assertThatThrownBy(() -> network.race("10.0.0.1", "10.0.0.2", "2001:db8::1"))
                .isInstanceOf(NetException.class)
                .hasMessage("connect tcp [2001:db8::1]:80: refused")
                .satisfies(failure -> assertThat(failure.getSuppressed())
                        .extracting(Throwable::getMessage)
                        .containsExactly("connect tcp 10.0.0.2:80: refused", "connect tcp 10.0.0.1:80: refused")));
    }

    @Test
    void aCancelledCallerLeavesNoConnectionOpen() throws Exception {
        Cancellations.atEverySuspension(
                () -> new Network().answer("2001:db8::1", ofMillis(300)).answer("10.0.0.1", ofMillis(50)),
                network -> network.race("10.0.0.1", "2001:db8::1").abort(),
                network -> assertThat(network.open()).isZero());
    }
}
