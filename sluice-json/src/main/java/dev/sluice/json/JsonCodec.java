package dev.sluice.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.sluice.codec.Codec;
import dev.sluice.codec.CodecException;
import dev.sluice.codec.CodecException.Problem;
import dev.sluice.codec.CodecLimits;
import dev.sluice.codec.WireOutput;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// JSON of one type. Jackson's errors become [CodecException], with the path and the byte that Jackson tells.
///
/// Threads: immutable.
final class JsonCodec<T> implements Codec<T> {
    private static final int MOST_TEXT = 200; // characters of Jackson's message; some of them may be the sender's

    private final String name;
    private final ObjectReader reader;
    private final ObjectWriter writer;
    private final CodecLimits limits;

    JsonCodec(ObjectMapper mapper, JavaType type, CodecLimits limits) {
        this.name = type.getRawClass().getSimpleName();
        this.reader = mapper.readerFor(type);
        this.writer = mapper.writerFor(type);
        this.limits = limits;
    }

    @Override
    public void encode(T value, WireOutput out) {
        byte[] bytes;
        try {
            bytes = writer.writeValueAsBytes(value);
        } catch (JsonProcessingException failure) {
            throw CodecException.of(Problem.UNENCODABLE, found(failure), "a value of " + name, failure);
        }
        if (bytes.length > limits.bytes()) {
            throw CodecException.of(Problem.LIMIT, "bytes=" + bytes.length, "at most " + limits.bytes());
        }
        out.put(bytes);
    }

    @Override
    public T decode(ByteBuffer bytes) {
        if (bytes.remaining() > limits.bytes()) {
            throw CodecException.of(Problem.LIMIT, "bytes=" + bytes.remaining(), "at most " + limits.bytes());
        }
        T value = read(Codec.utf8().decode(bytes.duplicate()));
        bytes.position(bytes.limit());
        return value;
    }

    private T read(String text) {
        @Nullable T value;
        try {
            value = reader.readValue(text);
        } catch (JsonProcessingException failure) {
            throw CodecException.of(problem(failure), found(failure), "JSON of " + name, failure);
        }
        if (value == null) {
            throw CodecException.of(Problem.UNEXPECTED, "null", "JSON of " + name);
        }
        return value;
    }

    private static Problem problem(JsonProcessingException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof StreamConstraintsException) {
                return Problem.LIMIT;
            }
            if (cause instanceof StreamReadException) {
                return Problem.MALFORMED;
            }
        }
        return Problem.UNEXPECTED;
    }

    /// Where, and what, in words that are short and have no control characters.
    private static String found(JsonProcessingException failure) {
        var text = new StringBuilder();
        if (failure instanceof JsonMappingException mapping
                && !mapping.getPath().isEmpty()) {
            text.append("path=").append(path(mapping)).append(", ");
        }
        String message = String.valueOf(failure.getOriginalMessage());
        int length = Math.min(message.length(), MOST_TEXT);
        message.codePoints()
                .limit(length)
                .map(c -> Character.isISOControl(c) ? ' ' : c)
                .forEach(text::appendCodePoint);
        return text.toString();
    }

    private static String path(JsonMappingException failure) {
        var path = new StringBuilder();
        for (JsonMappingException.Reference step : failure.getPath()) {
            if (step.getFieldName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(step.getFieldName());
            }
        }
        return path.toString();
    }

    @Override
    public String toString() {
        return "json " + name;
    }
}
