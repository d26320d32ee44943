package dev.sluice.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.codec.Cbor;
import dev.sluice.codec.Codec;
import dev.sluice.codec.CodecException;
import dev.sluice.codec.CodecLimits;
import dev.sluice.codec.TypeOf;
import dev.sluice.codec.WireName;
import dev.sluice.codec.WireOutput;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CodecsGuideTest {
    // tag::types
    record Line(String article, int count, BigDecimal price) {}

    record Order(long id, List<Line> lines, Optional<String> note) {}
    // end::types

    // tag::sealed
    sealed interface Event {}

    record Placed(Order order, Instant at) implements Event {}

    @WireName("gone")
    record Cancelled(long id) implements Event {}
    // end::sealed

    private static final Order ORDER =
            new Order(7, List.of(new Line("tea", 2, new BigDecimal("3.50"))), Optional.empty());

    @Test
    void roundTrip() {
        // tag::roundtrip
        Codec<Order> codec = Cbor.of(Order.class); // looks at the type once: keep it
        byte[] bytes = codec.encode(ORDER);
        Order same = codec.decode(bytes);
        IO.println(Cbor.describe(bytes));
        // {"id": 7, "lines": [{"count": 2, "price": 4([-2, 350]), "article": "tea"}]}
        // end::roundtrip
        assertThat(same).isEqualTo(ORDER);
        assertThat(Cbor.describe(bytes))
                .isEqualTo("{\"id\": 7, \"lines\": [{\"count\": 2, \"price\": 4([-2, 350]), \"article\": \"tea\"}]}");
    }

    @Test
    void sealed() {
        // tag::event
        Codec<Event> events = Cbor.of(Event.class);
        IO.println(Cbor.describe(events.encode(new Cancelled(7)))); // {"gone": {"id": 7}}
        // end::event
        assertThat(Cbor.describe(events.encode(new Cancelled(7)))).isEqualTo("{\"gone\": {\"id\": 7}}");
        Placed placed = new Placed(ORDER, Instant.EPOCH);
        assertThat(events.decode(events.encode(placed))).isEqualTo(placed);
    }

    @Test
    void generic() {
        // tag::generic
        Codec<List<Order>> orders = Cbor.listOf(Order.class);
        Codec<Map<String, List<Order>>> byCustomer = Cbor.of(new TypeOf<Map<String, List<Order>>>() {});
        // end::generic
        assertThat(orders.decode(orders.encode(List.of(ORDER)))).containsExactly(ORDER);
        assertThat(byCustomer.decode(byCustomer.encode(Map.of("x", List.of(ORDER)))))
                .containsKey("x");
    }

    @Test
    void inPlace() {
        ByteBuffer ring = ByteBuffer.allocateDirect(256);
        Codec<Order> codec = Cbor.of(Order.class);
        // tag::place
        WireOutput out = WireOutput.to(ring); // an array, native memory, a part of a shared ring
        codec.encode(ORDER, out); // no copy in between; all or nothing
        ring.flip();
        Order same = codec.decode(ring);
        // end::place
        assertThat(same).isEqualTo(ORDER);
        assertThat(ring.hasRemaining()).isFalse();
    }

    @Test
    void refusal() {
        byte[] bytes = Cbor.of(new TypeOf<Map<String, Long>>() {}).encode(Map.of("id", 7L));
        // tag::refusal
        Codec<Order> careful = Cbor.defaults()
                .withLimits(CodecLimits.defaults().withBytes(4096).withItems(100))
                .codec(Order.class);
        assertThatThrownBy(() -> careful.decode(bytes))
                .isInstanceOf(CodecException.class)
                .hasMessage("decode Order: path=lines, byte=0, found=no entry, expected an array");
        // end::refusal
    }

    @Test
    void mapping() {
        // tag::mapping
        Cbor cbor = Cbor.defaults()
                .withType(Currency.class, String.class, Currency::getCurrencyCode, Currency::getInstance);
        Codec<List<Currency>> currencies = cbor.codec(new TypeOf<List<Currency>>() {});
        // end::mapping
        Currency euro = Currency.getInstance("EUR");
        assertThat(currencies.decode(currencies.encode(List.of(euro)))).containsExactly(euro);
    }
}
