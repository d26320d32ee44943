package dev.sluice.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import dev.sluice.Sluice;
import dev.sluice.codec.Codec;
import dev.sluice.codec.CodecException;
import dev.sluice.codec.CodecException.Problem;
import dev.sluice.codec.CodecLimits;
import dev.sluice.layer.Framing;
import dev.sluice.layer.Messages;
import dev.sluice.layer.Stack;
import dev.sluice.net.Connection;
import dev.sluice.net.Memory;
import dev.sluice.testing.CodecContract;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonCodecTest extends CodecContract<JsonCodecTest.Order> {
    record Order(long id, List<Line> lines, Map<String, Double> prices) {}

    record Line(String article, int count) {}

    private final Codec<Order> codec = Json.of(Order.class);

    @Override
    protected Codec<Order> codec() {
        return codec;
    }

    @Override
    protected List<Order> values() {
        return List.of(
                new Order(0, List.of(), Map.of()),
                new Order(Long.MIN_VALUE, List.of(new Line("tea", 1), new Line("\u00fc\n\"", -300)), Map.of("a", 0.1)));
    }

    @Override
    protected List<byte[]> garbage() {
        return List.of("", " ", "null", "7", "[]", "{", "{}{}", "\ufeff{}").stream()
                .map(text -> text.getBytes(UTF_8))
                .toList();
    }

    @Test
    void aRecordIsAnObject() {
        assertThat(new String(Json.of(Line.class).encode(new Line("tea", 2)), UTF_8))
                .isEqualTo("{\"article\":\"tea\",\"count\":2}");
        assertThat(codec).hasToString("json Order");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"article": "tea", "count": 2, "more": []}     | -
            {"article": "tea"}                             | UNEXPECTED
            {"article": "tea", "count": null}              | UNEXPECTED
            {"article": "tea", "count": "two"}             | UNEXPECTED
            {"article": "tea", "count": 2147483648}        | MALFORMED
            {"article": "tea", "count": 2, "count": 3}     | MALFORMED
            {"article": "tea", "count": 2} {}              | UNEXPECTED
            {"article": "tea", "count": 2,}                | MALFORMED
            {'article': "tea", "count": 2}                 | MALFORMED
            """)
    void whatIsNotOfTheTypeIsRefused(String text, String problem) {
        Codec<Line> lines = Json.of(Line.class);
        if (problem.equals("-")) {
            assertThat(lines.decode(text.getBytes(UTF_8))).isEqualTo(new Line("tea", 2));
            return;
        }
        assertThatThrownBy(() -> lines.decode(text.getBytes(UTF_8)))
                .isInstanceOfSatisfying(CodecException.class, failure -> {
                    assertThat(failure.problem()).as(failure.getMessage()).isEqualTo(Problem.valueOf(problem));
                    assertThat(failure).hasMessageEndingWith(", expected JSON of Line");
                });
    }

    @Test
    void theMessageSaysWhere() {
        byte[] bytes = "{\"id\": 1, \"lines\": [{\"article\": \"x\", \"count\": {}}], \"prices\": {}}".getBytes(UTF_8);
        assertThatThrownBy(() -> codec.decode(bytes)).hasMessageStartingWith("path=lines[0].count, ");
    }

    @Test
    void limitsHold() {
        CodecLimits few = CodecLimits.defaults().withBytes(60).withDepth(3);
        Codec<Object> small = Json.defaults().withLimits(few).codec(Object.class);
        for (String text : List.of("[[[[1]]]]", " ".repeat(61) + "1")) {
            assertThatThrownBy(() -> small.decode(text.getBytes(UTF_8)))
                    .isInstanceOfSatisfying(
                            CodecException.class,
                            failure -> assertThat(failure.problem()).isEqualTo(Problem.LIMIT));
        }
        assertThatThrownBy(() -> small.encode("x".repeat(60)))
                .isInstanceOfSatisfying(
                        CodecException.class,
                        failure -> assertThat(failure.problem()).isEqualTo(Problem.LIMIT));
        assertThatThrownBy(() -> Json.of(Object.class).encode(new Object()))
                .isInstanceOfSatisfying(
                        CodecException.class,
                        failure -> assertThat(failure.problem()).isEqualTo(Problem.UNENCODABLE));
    }

    @Test
    void aMapperOfOnesOwnDecides() {
        record OrderLine(int unitPrice) {}
        var mapper = new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);
        Codec<List<OrderLine>> codec = Json.by(mapper).codec(new TypeReference<>() {});
        assertThat(new String(codec.encode(List.of(new OrderLine(3))), UTF_8)).isEqualTo("[{\"unit_price\":3}]");
    }

    @Test
    void messagesOfJsonAreLines() throws Exception {
        Memory.Pair pair = Memory.pair("test");
        Connection connection = pair.near();
        Sluice.run(() -> {
            // tag::lines
            Codec<Line> codec = Json.of(Line.class); // {"article":"tea","count":1}
            Messages<Line> lines =
                    Stack.over(connection).frames(Framing.lines()).messages(codec);
            lines.send(new Line("tea", 1));
            // end::lines
            lines.send(new Line("two\nlines", 2));
            lines.closeOutput();
            Messages<Line> far = Stack.over(pair.far()).frames(Framing.lines()).messages(codec);
            assertThat(far).containsExactly(new Line("tea", 1), new Line("two\nlines", 2));
            assertThat(far.describe()).contains("json Line");
        });
    }
}
