package dev.sluice.net;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Sluice;
import dev.sluice.loop.Backend;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.net.Datagrams.Datagram;
import dev.sluice.task.Action;
import dev.sluice.task.Deadline;
import dev.sluice.testing.DatagramContract;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/// UDP keeps the contract, on each back end; and what only UDP has.
abstract class UdpContract extends DatagramContract {
    abstract Backend backend();

    @Override
    protected LoopsConfig config() {
        return LoopsConfig.defaults().withBackend(backend());
    }

    @Override
    protected Datagrams open() throws IOException {
        return Udp.bind("127.0.0.1:0");
    }

    private void run(Action<?> body) throws Exception {
        LoopsConfig patient = config().withStallLimit(ofSeconds(20));
        Sluice.run(patient, () -> Deadline.after(ofSeconds(60)).named("test").run(body));
    }

    @Test
    void aConnectedSocketHearsOnlyItsPeer() throws Exception {
        run(() -> {
            try (Datagrams server = Udp.bind("127.0.0.1:0");
                    Datagrams stranger = Udp.bind("127.0.0.1:0");
                    Datagrams client = Udp.connect(server.local().place())) {
                assertThat(client.remote()).contains(server.local());
                client.send(Datagram.to(server.local(), "hello"));
                Datagram hello = server.receive();
                assertThat(hello.peer()).isEqualTo(client.local());
                stranger.send(Datagram.to(client.local(), "not for you"));
                server.send(Datagram.to(client.local(), "welcome"));
                Datagram welcome = client.receive();
                assertThat(welcome.text()).isEqualTo("welcome");
                assertThat(welcome.peer()).isEqualTo(server.local());
                assertThatThrownBy(() -> client.send(Datagram.to(stranger.local(), "elsewhere")))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("expected the one that it is connected to");
            }
        });
    }

    @Test
    void aConnectedSocketLearnsThatNobodyIsThere() throws Exception {
        run(() -> {
            Datagrams taken = Udp.bind("127.0.0.1:0");
            var gone = (Udp.End) taken.local();
            // Connected while the port is taken: the system could give the free one to the client itself.
            try (Datagrams client = Udp.connect(gone, Udp.Options.defaults())) {
                taken.close();
                client.send(Datagram.to(gone, "hello"));
                assertThatThrownBy(client::receive)
                        .isInstanceOf(NetException.class)
                        .hasMessageContaining("receive udp")
                        .hasMessageContaining("ECONNREFUSED");
                try (Datagrams server = Udp.bind(gone, Udp.Options.defaults())) {
                    client.send(Datagram.to(gone, "are you back?"));
                    assertThat(server.receive().text()).isEqualTo("are you back?");
                }
            }
        });
    }

    @Test
    void allAddressesOfBothKindsAreHeard() throws Exception {
        run(() -> {
            try (Datagrams server = Udp.bind(":0")) {
                int port = ((Udp.End) server.local()).port();
                for (String host : new String[] {"127.0.0.1", "::1"}) {
                    var there = new Udp.End(host, port);
                    try (Datagrams client = Udp.connect(there, Udp.Options.defaults())) {
                        client.send(Datagram.to(there, "from " + host));
                        Datagram question = server.receive();
                        assertThat(question.peer()).isEqualTo(client.local());
                        server.send(Datagram.to(question.peer(), "to " + host));
                        assertThat(client.receive().text()).isEqualTo("to " + host);
                    }
                }
            }
        });
    }

    @Test
    void aGroupIsHeardByThoseWhoHaveJoined() throws Exception {
        run(() -> {
            Udp.Options shared = Udp.Options.defaults().withReuseAddress(true).withNetworkInterface("lo");
            try (Datagrams first = Udp.bind(new Udp.End("239.7.7.7", 0), shared)) {
                var group = (Udp.End) first.local();
                try (Datagrams second = Udp.bind(group, shared);
                        Datagrams sender = Udp.bind(new Udp.End("127.0.0.1", 0), shared)) {
                    Udp.join(first, "239.7.7.7", "lo");
                    Udp.join(second, "239.7.7.7", "lo");
                    sender.send(Datagram.to(group, "both"));
                    assertThat(first.receive().text()).isEqualTo("both");
                    assertThat(second.receive().text()).isEqualTo("both");
                    Udp.leave(second, "239.7.7.7", "lo");
                    assertThatThrownBy(() -> Udp.leave(second, "239.7.7.7", "lo"))
                            .isInstanceOf(NetException.class)
                            .hasMessageContaining("EADDRNOTAVAIL");
                }
                assertThatThrownBy(() -> Udp.join(first, "127.0.0.1", ""))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("expected an address of a group");
                assertThatThrownBy(() -> Udp.join(first, "239.7.7.7", "no-such"))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("there is none of that name");
            }
        });
    }

    @Test
    void broadcastIsForThoseWhoAskForIt() throws Exception {
        run(() -> {
            var everybody = new Udp.End("127.255.255.255", 9);
            try (Datagrams plain = Udp.bind("127.0.0.1:0");
                    Datagrams broadcast = Udp.bind(
                            new Udp.End("127.0.0.1", 0), Udp.Options.defaults().withBroadcast(true))) {
                assertThatThrownBy(() -> plain.send(Datagram.to(everybody, "hello")))
                        .isInstanceOf(NetException.class)
                        .hasMessageContaining("EACCES");
                broadcast.send(Datagram.to(everybody, "hello"));
                assertThat(broadcast.statistics().sent()).isEqualTo(1);
            }
        });
    }

    @Test
    void aPortIsForOneUnlessItIsShared() throws Exception {
        run(() -> {
            Udp.Options shared = Udp.Options.defaults().withReusePort(true);
            try (Datagrams first = Udp.bind(new Udp.End("127.0.0.1", 0), shared)) {
                var there = (Udp.End) first.local();
                Udp.bind(there, shared).close();
                assertThatThrownBy(() -> Udp.bind(there, Udp.Options.defaults()))
                        .isInstanceOf(NetException.class)
                        .hasMessageContaining("bind udp " + there.place())
                        .hasMessageContaining("EADDRINUSE");
            }
        });
    }
}
