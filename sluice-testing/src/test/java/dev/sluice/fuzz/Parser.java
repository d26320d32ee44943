package dev.sluice.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.codec.Cbor;
import dev.sluice.codec.Codec;
import dev.sluice.codec.CodecException;
import dev.sluice.layer.Framing;
import dev.sluice.layer.ProxyProtocol;
import dev.sluice.layer.Stack;
import dev.sluice.net.Address;
import dev.sluice.net.Connection;
import dev.sluice.net.Memory;
import dev.sluice.net.NetException;
import dev.sluice.session.Method;
import dev.sluice.session.Mux;
import dev.sluice.session.Service;
import dev.sluice.session.Session;
import dev.sluice.session.SessionException;
import dev.sluice.task.TaskGroup;
import dev.sluice.websocket.WebSocket;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What reads bytes that others have made. Whatever they are, it ends, and refuses them by an error of its own
/// kind.
enum Parser {
    LENGTHS {
        @Override
        void read(byte[] input) throws Exception {
            frames(input, Framing.lengthPrefix(4));
        }
    },
    VARINTS {
        @Override
        void read(byte[] input) throws Exception {
            frames(input, Framing.varint());
        }
    },
    LINES {
        @Override
        void read(byte[] input) throws Exception {
            frames(input, Framing.lines());
        }
    },
    DELIMITED {
        @Override
        void read(byte[] input) throws Exception {
            frames(input, Framing.delimiter((byte) ';', (byte) ';', (byte) 'x'));
        }
    },
    FIXED {
        @Override
        void read(byte[] input) throws Exception {
            frames(input, Framing.fixed(3));
        }
    },
    NETSTRINGS {
        @Override
        void read(byte[] input) throws Exception {
            frames(input, Framing.netstring());
        }
    },
    DEFLATED {
        @Override
        void read(byte[] input) throws Exception {
            over(input, connection -> {
                Connection stack = Stack.over(connection).deflate();
                try {
                    stack.readAllBytes(1 << 20);
                } finally {
                    stack.abort(); // it has memory outside of the heap
                }
            });
        }
    },
    PROXY_HEADER {
        @Override
        void read(byte[] input) throws Exception {
            over(
                    input,
                    connection -> Stack.over(connection)
                            .layer(ProxyProtocol.accepting())
                            .readAllBytes(1 << 20));
        }
    },
    WEB_SOCKET_HANDSHAKE {
        @Override
        void read(byte[] input) throws Exception {
            over(input, connection -> receiveAll(WebSocket.accept(connection)));
        }
    },
    WEB_SOCKET_ANSWER {
        @Override
        void read(byte[] input) throws Exception {
            over(input, connection -> receiveAll(WebSocket.connect(connection, "localhost", "/")));
        }
    },
    WEB_SOCKET_FRAMES {
        @Override
        void read(byte[] input) throws Exception {
            byte[] all = new byte[UPGRADE.length + input.length];
            System.arraycopy(UPGRADE, 0, all, 0, UPGRADE.length);
            System.arraycopy(input, 0, all, UPGRADE.length, input.length);
            over(all, connection -> receiveAll(WebSocket.accept(connection)));
        }
    },
    MUX {
        @Override
        void read(byte[] input) throws Exception {
            over(
                    input,
                    connection ->
                            Mux.serving(stream -> stream.transferTo(stream)).serve(connection));
        }
    },
    SESSION {
        @Override
        void read(byte[] input) throws Exception {
            over(input, connection -> Session.serving(SERVICE).serve(connection));
        }
    },
    CBOR {
        @Override
        void read(byte[] input) {
            try {
                CODEC.decode(input);
            } catch (CodecException refused) {
                // Its own kind.
            }
        }
    },
    ADDRESS {
        @Override
        void read(byte[] input) {
            try {
                Address address = Address.parse(new String(input, UTF_8));
                Address again = Address.parse(address.toString());
                if (!again.equals(address)) {
                    throw new AssertionError("parse " + address + ": printed and parsed, it is " + again);
                }
            } catch (IllegalArgumentException refused) {
                // Its own kind.
            }
        }
    };

    static final Method<String, String> ECHO = new Method<>("echo", Codec.utf8(), Codec.utf8());
    static final byte[] UPGRADE = """
            GET / HTTP/1.1\r
            Host: x\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Version: 13\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            \r
            """.getBytes(ISO_8859_1);

    /// What the codec makes and reads.
    sealed interface Thing {}

    record Leaf(long number, double fraction, Optional<String> text) implements Thing {}

    @SuppressWarnings("ArrayRecordComponent") // records of users have them
    record Tree(List<Thing> parts, Map<String, Leaf> named, byte[] bytes) implements Thing {}

    static final Codec<Thing> CODEC = Cbor.of(Thing.class);
    private static final Service SERVICE = Service.of(ECHO, text -> text);

    /// Reads bytes to their end.
    ///
    /// @throws Exception a defect
    abstract void read(byte[] input) throws Exception;

    private interface Reading {
        void read(Connection connection) throws Exception;
    }

    /// A peer that says so much, ends its output and listens.
    private static void over(byte[] input, Reading reading) throws Exception {
        Memory.Pair pair = Memory.pair("fuzz");
        TaskGroup.<Exception>run(group -> {
            group.start("peer", () -> say(input, pair.near()));
            try {
                reading.read(pair.far());
            } catch (NetException | SessionException refused) {
                // Its own kind.
            } finally {
                pair.far().abort();
            }
        });
    }

    private static void say(byte[] input, Connection connection) {
        byte[] answer = new byte[1_000];
        try {
            connection.write(input);
            connection.closeOutput();
            while (connection.read(answer, 0, answer.length) > 0) {}
        } catch (IOException gone) {
            connection.abort(); // it has heard enough
        }
    }

    private static void frames(byte[] input, Framing framing) throws Exception {
        over(input, connection -> {
            var frames = Stack.over(connection).frames(framing);
            while (frames.receive().isPresent()) {}
        });
    }

    private static void receiveAll(WebSocket socket) throws IOException {
        while (socket.receive().isPresent()) {}
        socket.close();
    }
}
