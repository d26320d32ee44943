package dev.sluice.bench.net;

import dev.sluice.bench.Metric;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The works of the suite, and who does them beside Sluice. A quick run has those that the design has goals for.
final class Groups {
    /// The number of connections that most works have.
    static final int MANY = 64;

    private static final int DEEP = 16;
    private static final int BULK_MIB = 16;

    private final Path root;
    private final boolean quick;

    Groups(Path root, boolean quick) {
        this.root = root;
        this.quick = quick;
    }

    boolean quick() {
        return quick;
    }

    List<Group> all() {
        List<Group> groups = new ArrayList<>();
        groups.add(new Group("echo", echoPeers(), echoCells()));
        groups.add(new Group(
                "framed",
                quick ? engines(1.5) : plus(engines(1.5), jdk(), go()),
                List.of(Cell.of("framed request and reply", "framed", MANY, DEEP))));
        groups.add(new Group(
                "tls",
                tlsPeers(),
                List.of(Cell.of("framed request and reply, TLS 1.3", "framed", MANY, DEEP)
                        .encrypted("tls", Service.CIPHER_SUITE))));
        if (!quick) {
            groups.addAll(others());
        }
        return groups;
    }

    private List<Group> others() {
        return List.of(
                new Group(
                        "unix",
                        plus(engines(0), jdk(), go()),
                        List.of(
                                Cell.of("Unix socket echo", "unix", MANY, 1),
                                Cell.of("Unix socket echo", "unix", MANY, DEEP))),
                new Group("udp", plus(engines(0), jdk(), go()), List.of(Cell.of("UDP echo", "udp", MANY, 1))),
                new Group("bulk", plus(engines(0), jdk(), go()), List.of(Cell.bulk("bulk over TCP", BULK_MIB))),
                new Group(
                        "bulk-tls",
                        tlsPeers(),
                        List.of(Cell.bulk("bulk over TLS 1.3", BULK_MIB).encrypted("bulk-tls", Service.CIPHER_SUITE))),
                new Group("file", plus(engines(0), jdk(), go()), List.of(Cell.bulk("file over TCP", BULK_MIB))));
    }

    /// Ours and Netty's.
    ///
    /// @param goal the ratio to Netty that is wanted; 0: none
    private List<Peer> engines(double goal) {
        List<Peer> peers = new ArrayList<>(List.of(Peer.java("Sluice", "sluice-io_uring")));
        if (!quick) {
            peers.add(Peer.java("Sluice, epoll", "sluice-epoll"));
            peers.add(Peer.java("Sluice, NIO", "sluice-nio"));
        }
        for (String transport : netty()) {
            peers.add(Peer.java("Netty 4.2, " + transport, "netty-" + transport).goal(goal));
        }
        return peers;
    }

    private List<String> netty() {
        return quick ? List.of("epoll", "io_uring") : List.of("epoll", "io_uring", "nio");
    }

    private List<Peer> echoPeers() {
        List<Peer> peers = new ArrayList<>(engines(1));
        peers.replaceAll(peer -> peer.goals().rate() > 0 ? peer.goals(1, 1.1, 2) : peer);
        peers.add(jdk().goal(1.4));
        peers.add(go().goal(1.2));
        if (!quick) {
            peers.add(python("asyncio", "python3", "asyncio"));
        }
        peers.add(python("asyncio, uvloop", "python3-uvloop", "uvloop").goal(2.5));
        peers.add(tokio().goal(1));
        return peers;
    }

    /// Ours on NIO would say nothing new: what counts here is the engine.
    private List<Peer> tlsPeers() {
        List<Peer> peers = new ArrayList<>(List.of(Peer.java("Sluice", "sluice-io_uring")));
        if (!quick) {
            peers.add(Peer.java("Sluice, epoll", "sluice-epoll"));
        }
        for (String transport : netty()) {
            peers.add(Peer.java("Netty 4.2, " + transport + ", JDK's TLS", "netty-" + transport)
                    .goal(1.1));
        }
        if (!quick) {
            peers.add(Peer.java("Netty 4.2, epoll, BoringSSL", "netty-epoll-openssl"));
            peers.add(go());
        }
        return peers;
    }

    /// Who is asked for the memory of connections that do nothing.
    List<Peer> idlePeers() {
        return List.of(
                Peer.tight("Sluice", "sluice-io_uring"),
                Peer.tight("Netty 4.2, epoll", "netty-epoll").goal(1),
                Peer.tight("JDK virtual threads", "jdk-sockets").goal(1));
    }

    private static Peer jdk() {
        return Peer.java("JDK virtual threads", "jdk-sockets");
    }

    private Peer go() {
        return Peer.program("Go, GOMAXPROCS=1", "Debian: apt-get install golang-go", goProgram(), "1", "serve");
    }

    String goProgram() {
        return root.resolve("bench/target/peers-go").toString();
    }

    private Peer tokio() {
        String program =
                root.resolve("bench/target/rust/target/release/echo-tokio").toString();
        return Peer.program("Tokio, one thread", "Debian: apt-get install cargo librust-tokio-dev", program);
    }

    private Peer python(String name, String debian, String loop) {
        String script = root.resolve("bench/src/main/python/echo.py").toString();
        return Peer.program(name, "Debian: apt-get install " + debian, "/usr/bin/python3", script, loop);
    }

    private static List<Peer> plus(List<Peer> peers, Peer... more) {
        List<Peer> longer = new ArrayList<>(peers);
        longer.addAll(List.of(more));
        return longer;
    }

    private List<Cell> echoCells() {
        List<Cell> cells = new ArrayList<>();
        for (int connections : quick ? new int[] {MANY} : new int[] {1, MANY, 1000}) {
            for (int depth : new int[] {1, DEEP}) {
                cells.add(Cell.of("TCP echo", "echo", connections, depth));
            }
        }
        if (!quick) {
            cells.add(new Cell(
                    "TCP connect, echo, close, 64 at a time", "connect", MANY, 1, Metric.CONNECTIONS, "plain"));
        }
        return cells;
    }
}
