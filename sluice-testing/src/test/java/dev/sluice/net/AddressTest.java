package dev.sluice.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class AddressTest {
    @Test
    void whatIsPrintedIsParsed() {
        for (String text : new String[] {
            "tcp:127.0.0.1:80",
            "tcp:[::1]:80",
            "tcp:[fe80::1%eth0]:0",
            "tcp:host.example:65535",
            "tcp::80",
            "unix:/run/a:b",
            "unix:@name",
            "unix:",
            "memory:left",
            "pipe:stdio"
        }) {
            assertThat(Address.parse(text)).hasToString(text);
        }
        assertThat(TcpAddress.parse("[::1]:7")).isEqualTo(new TcpAddress("::1", 7));
        assertThat(TcpAddress.parse("tcp:host:7")).isEqualTo(new TcpAddress("host", 7));
        assertThat(TcpAddress.parse("tcp:7")).as("a host of this name").isEqualTo(new TcpAddress("tcp", 7));
    }

    @Test
    void whatIsNoAddressIsRefused() {
        assertThatThrownBy(() -> Address.parse("http://host"))
                .hasMessage("parse address http://host: network=http, expected tcp, udp, unix, memory, pipe or stream");
        assertThatThrownBy(() -> TcpAddress.parse("host"))
                .hasMessage("parse address host: expected host:port or [IPv6]:port");
        assertThatThrownBy(() -> TcpAddress.parse("::1:80"))
                .hasMessage("parse address ::1:80: expected host:port or [IPv6]:port");
        assertThatThrownBy(() -> TcpAddress.parse("host:http"))
                .hasMessage("parse address host:http: port=http, expected 0..65535");
        assertThatThrownBy(() -> TcpAddress.parse("host:65536"))
                .hasMessage("address of host: port=65536, expected 0..65535");
        assertThatThrownBy(() -> new UnixAddress("x".repeat(108))).hasMessageContaining("bytes=108");
    }
}
