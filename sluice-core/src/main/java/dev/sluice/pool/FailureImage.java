package dev.sluice.pool;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a worker's exception looked like: its text, its stack and its causes. Prints as the original does.
///
/// On the wire: how many of them, the outermost first, each with its class, its text, and the number and the
/// parts of its stack's frames. Long ones are cut, so that no failure is too large to be told.
final class FailureImage extends Exception {
    private static final long serialVersionUID = 1;
    private static final int MOST_CAUSES = 10;
    private static final int MOST_FRAMES = 100;
    private static final int MOST_CHARACTERS = 10_000;

    private final String type;
    private final String text;

    private FailureImage(String type, String text, StackTraceElement[] stack, @Nullable Throwable cause) {
        super(text, cause);
        this.type = type;
        this.text = text;
        setStackTrace(stack);
    }

    /// The name of the exception's class.
    String type() {
        return type;
    }

    @Override
    @SuppressWarnings("OverrideThrowableToString") // it is to print as another class
    public String toString() {
        return text;
    }

    static void write(Throwable failure, DataOutput out) throws IOException {
        List<Throwable> chain = new ArrayList<>();
        for (Throwable each = failure; each != null && chain.size() < MOST_CAUSES; each = each.getCause()) {
            chain.add(each);
        }
        out.writeByte(chain.size());
        for (Throwable each : chain) {
            out.writeUTF(each.getClass().getName());
            out.writeUTF(cut(textOf(each)));
            StackTraceElement[] stack = each.getStackTrace();
            int frames = Math.min(stack.length, MOST_FRAMES);
            out.writeByte(frames);
            for (int i = 0; i < frames; i++) {
                out.writeUTF(stack[i].getClassName());
                out.writeUTF(stack[i].getMethodName());
                String file = stack[i].getFileName();
                out.writeUTF(file == null ? "" : file);
                out.writeInt(stack[i].getLineNumber());
            }
        }
    }

    /// The exception's own words, which are code of the user's.
    static String textOf(Throwable failure) {
        try {
            return String.valueOf(failure);
        } catch (Throwable broken) { // also an error, for whoever threw it is told of
            return failure.getClass().getName();
        }
    }

    private static String cut(String text) {
        return text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS) + "…";
    }

    static FailureImage read(DataInput in) throws IOException {
        return read(in, Math.max(1, in.readUnsignedByte()));
    }

    private static FailureImage read(DataInput in, int left) throws IOException {
        String type = in.readUTF();
        String text = in.readUTF();
        StackTraceElement[] stack = new StackTraceElement[in.readUnsignedByte()];
        for (int i = 0; i < stack.length; i++) {
            String owner = in.readUTF();
            String method = in.readUTF();
            String file = in.readUTF();
            stack[i] = new StackTraceElement(owner, method, file.isEmpty() ? null : file, in.readInt());
        }
        return new FailureImage(type, text, stack, left > 1 ? read(in, left - 1) : null);
    }
}
