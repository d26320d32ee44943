package dev.sluice.cli.space;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.codec.Codec;
import dev.sluice.io.ByteReader;
import dev.sluice.io.IncompleteReadException;
import dev.sluice.io.LimitExceededException;
import dev.sluice.io.StandardStreams;
import dev.sluice.space.Queue;
import dev.sluice.space.Space;
import dev.sluice.task.Deadline;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sluice put`: items into a queue.
@Command(
        name = "put",
        description = {
            "Puts items into a queue, which is made if nobody has.",
            "",
            "Without an ITEM, each line of standard input is one. Waits while it is full.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  sluice put shm:photos/jobs sea.jpg hill.jpg",
            "  find . -name '*.jpg' | sluice put shm:photos/jobs --finish"
        })
public final class PutCommand extends SpaceCommand {
    @Parameters(
            index = "0",
            paramLabel = "shm:SPACE/QUEUE",
            converter = ObjectAddress.Reader.class,
            description = "The space and its queue.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private ObjectAddress address;

    @Parameters(index = "1..*", paramLabel = "ITEM", description = "Text.")
    private List<String> items = new ArrayList<>();

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            converter = Items.Wait.class,
            description = "How long to wait for room, like 500ms, 2s, 1h or 0; as long as it takes by default.")
    private @Nullable Duration wait;

    @Option(names = "--finish", description = "Say that no more comes: takers end when all is done.")
    private boolean finish;

    private int done;

    @Override
    int work() throws IOException {
        try (Space space = Space.open(address.space())) {
            Queue<byte[]> queue = space.queue(address.object(), Codec.raw(), Queue.Options.defaults());
            boolean all = items.isEmpty() ? lines(queue) : words(queue);
            if (!all) {
                say(address + ": full, " + done + " items were put");
                return CommandLine.ExitCode.SOFTWARE;
            }
            if (finish) {
                queue.finish();
            }
        }
        return CommandLine.ExitCode.OK;
    }

    private boolean words(Queue<byte[]> queue) throws IOException {
        for (String item : items) {
            if (!put(queue, "item", item)) {
                return false;
            }
        }
        return true;
    }

    private boolean lines(Queue<byte[]> queue) throws IOException {
        ByteReader in = ByteReader.over(StandardStreams.in(), queue.options().itemBytes() + 1);
        while (true) {
            byte[] line;
            boolean last = false;
            try {
                line = in.readUntil((byte) '\n');
            } catch (IncompleteReadException end) { // the last one may lack its end
                line = end.partial();
                last = true;
            } catch (LimitExceededException big) {
                throw new IOException(
                        failed("line", "more than " + queue.options().itemBytes() + " bytes"), big);
            }
            if (line.length > 0 && !put(queue, "line", text(line))) {
                return false;
            }
            if (last) {
                return true;
            }
        }
    }

    private String text(byte[] line) throws IOException {
        int length = line[line.length - 1] == '\n' ? line.length - 1 : line.length;
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(line, 0, length)).toString();
        } catch (CharacterCodingException e) {
            throw new IOException(failed("line", "not UTF-8, expected text"), e);
        }
    }

    private boolean put(Queue<byte[]> queue, String what, String item) throws IOException {
        byte[] bytes = Items.encoded(item);
        int most = queue.options().itemBytes();
        if (bytes.length > most) {
            throw new IOException(failed(what, "bytes=" + bytes.length + " as CBOR, expected at most " + most));
        }
        boolean put = queue.tryPut(bytes)
                || wait == null && put(queue, bytes)
                || wait != null && Deadline.after(wait).tryRun(() -> queue.put(bytes));
        done += put ? 1 : 0;
        return put;
    }

    /// Says which of them could not be put, and so how to go on: all before it were.
    private String failed(String what, String why) {
        return "put " + what + " " + (done + 1) + " to " + address + ": " + why + "; those before it were put";
    }

    private static boolean put(Queue<byte[]> queue, byte[] item) {
        queue.put(item);
        return true;
    }
}
