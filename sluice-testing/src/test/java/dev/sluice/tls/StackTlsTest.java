package dev.sluice.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.layer.LayerStatistics;
import dev.sluice.layer.Messages;
import dev.sluice.layer.Stack;
import dev.sluice.net.Memory;
import dev.sluice.net.NetException;
import dev.sluice.task.TaskGroup;
import dev.sluice.tls.TlsException.Problem;
import org.junit.jupiter.api.Test;

/// TLS as a layer of a stack, on both sides.
class StackTlsTest {
    @Test
    void linesTravelEncryptedAndTheTableSaysSo() throws Exception {
        Sluice.run(() -> TaskGroup.run(group -> {
            Memory.Pair pair = Memory.pair("test");
            group.start("server", () -> {
                try (Messages<String> lines =
                        Stack.over(pair.far()).tls(Certificates.server()).lines()) {
                    for (String line : lines) {
                        lines.send(line + "!");
                    }
                }
            });
            try (Messages<String> lines = Stack.over(pair.near())
                    .tls(Certificates.client(), "sluice.test")
                    .lines()) {
                lines.send("hello");
                assertThat(lines.receive()).contains("hello!");
                assertThat(lines.layers()).extracting(LayerStatistics::osi).containsExactly(6, 5, 6, 4);
                assertThat(lines.layers().get(2).name()).isEqualTo("tls TLSv1.3");
                assertThat(lines.layers().get(2).out().bytes()).isEqualTo(6);
                assertThat(lines.layers().get(3).out().bytes()).isGreaterThan(100);
                assertThat(lines.describe()).containsPattern(" 6  tls TLSv1.3 .* 7 +6\n");
            }
        }));
    }

    @Test
    void aHandshakeThatFailsClosesWhatIsBelow() throws Exception {
        Sluice.run(() -> TaskGroup.run(group -> {
            Memory.Pair pair = Memory.pair("test");
            group.start(
                    "server",
                    () -> assertThatThrownBy(() -> Stack.over(pair.far()).tls(Certificates.server()))
                            .isInstanceOf(TlsException.class));
            assertThatThrownBy(() -> Stack.over(pair.near()).tls(Certificates.client(), "other.test"))
                    .isInstanceOfSatisfying(
                            TlsException.class,
                            refused -> assertThat(refused.problem()).isEqualTo(Problem.UNTRUSTED_PEER));
            assertThatThrownBy(() -> pair.near().write(new byte[1])).isInstanceOf(NetException.class);
        }));
        assertThatThrownBy(() ->
                        Sluice.run(() -> Stack.over(Memory.pair("test").near()).tls(Certificates.client())))
                .hasStackTraceContaining("identities=0, expected 1 or more to accept");
    }
}
