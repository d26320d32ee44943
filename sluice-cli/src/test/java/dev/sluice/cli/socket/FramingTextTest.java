package dev.sluice.cli.socket;

import static dev.sluice.cli.socket.SocketCli.bytes;
import static dev.sluice.cli.socket.SocketCli.run;
import static dev.sluice.cli.socket.SocketCli.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.cli.socket.LayerText.WrongException;
import dev.sluice.layer.Layer;
import dev.sluice.net.Connection;
import dev.sluice.net.Memory;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FramingTextTest {
    private static Layer dialling(String address, String... words) throws WrongException {
        return LayerText.dialling(new Places.Reader().convert(address), List.of(words))
                .getLast();
    }

    /// What the two lines `ab` and `c` are on the wire.
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            lines          | 61620a 630a
            length1        | 02 6162 01 63
            length2        | 0002 6162 0001 63
            length2:little | 0200 6162 0100 63
            length4        | 00000002 6162 00000001 63
            length4:little | 02000000 6162 01000000 63
            varint         | 02 6162 01 63
            netstring      | 323a 6162 2c 313a 63 2c
            delimiter:\\0;  | 6162 003b 63 003b
            delimiter:\\x0d\\n\\\\ | 6162 0d0a5c 63 0d0a5c
            """)
    void linesAreMessages(String word, String wire) throws Exception {
        byte[] expected = HexFormat.of().parseHex(wire.replace(" ", ""));
        run(() -> {
            Memory.Pair pair = Memory.pair("framing");
            try (Connection lines = dialling("tcp:127.0.0.1:1", word).over(pair.near());
                    Connection peer = pair.far()) {
                lines.write(bytes("a"));
                lines.write(bytes("b\nc"));
                lines.closeOutput();
                assertThat(peer.readAllBytes(100)).isEqualTo(expected);
                for (byte one : expected) {
                    peer.write(new byte[] {one});
                }
                peer.closeOutput();
                assertThat(text(lines.readAllBytes(100))).isEqualTo("ab\nc\n");
            }
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            udp:127.0.0.1:1 | deflate    | layer 'deflate': expected lines or nothing over datagrams
            udp:127.0.0.1:1 | length4    | layer 'length4': expected lines or nothing over datagrams
            tcp:127.0.0.1:1 | lines tls  | layer 'lines': expected it as the last one
            tcp:127.0.0.1:1 | length3    | layer 'length3': expected tls, ws, deflate, throttle, faults, lines, length1
            tcp:127.0.0.1:1 | length4:x  | layer 'length4:x': expected length4 or length4:little
            tcp:127.0.0.1:1 | varint:1   | layer 'varint:1': expected varint
            tcp:127.0.0.1:1 | fixed:0    | layer 'fixed:0': expected fixed:BYTES
            tcp:127.0.0.1:1 | delimiter: | layer 'delimiter': expected delimiter:TEXT
            tcp:127.0.0.1:1 | delimiter:\\q | layer 'delimiter:\\q': expected delimiter:TEXT
            tcp:127.0.0.1:1 | delimiter:\\x0 | layer 'delimiter:\\x0': expected delimiter:TEXT
            """)
    void whatIsTypedWrongIsNamed(String address, String words, String text) {
        assertThatThrownBy(() -> dialling(address, words.split(" ", -1)))
                .isInstanceOf(WrongException.class)
                .hasMessageStartingWith(text);
    }
}
