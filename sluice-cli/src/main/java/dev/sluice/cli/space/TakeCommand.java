package dev.sluice.cli.space;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.channel.Received;
import dev.sluice.codec.Codec;
import dev.sluice.io.ByteSink;
import dev.sluice.io.StandardStreams;
import dev.sluice.space.Lease;
import dev.sluice.space.Queue;
import dev.sluice.space.Space;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sluice take`: items out of a queue.
@Command(
        name = "take",
        description = {
            "Takes items from a queue and prints each on a line.",
            "",
            "An item is done when its line is written: if sluice is killed before,",
            "or nobody reads the line, another taker gets it.",
            ""
        },
        footer = {
            "",
            "Status: 0 done, also when the queue is finished; 1 nothing within --wait, or",
            "failed; 2 bad usage.",
            "",
            "Examples:",
            "  sluice take shm:photos/jobs",
            "  sluice take shm:photos/jobs --all | sluice map convert {} {}.png"
        })
public final class TakeCommand extends SpaceCommand {
    @Parameters(
            index = "0",
            paramLabel = "shm:SPACE/QUEUE",
            converter = ObjectAddress.Reader.class,
            description = "The space and its queue.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private ObjectAddress address;

    @Option(
            names = {"-n", "--count"},
            paramLabel = "N",
            description = "How many; 1 by default.")
    private @Nullable Long count;

    @Option(names = "--all", description = "Until the queue is finished, or nothing comes within --wait.")
    private boolean all;

    @Mixin
    private final Patience patience = new Patience();

    @Override
    int work() throws IOException {
        if (count != null && (all || count < 1)) {
            throw wrong("-n " + count + ": expected " + (all ? "either that or --all" : "1 or more"));
        }
        long wanted = count == null ? 1 : count;
        Items.requireSpace(address.space());
        try (Space space = Space.open(address.space())) {
            Items.requireThere(space, address.object(), address + ": no such queue");
            Queue<byte[]> queue = space.queue(address.object(), Codec.raw(), Queue.Options.defaults());
            for (long i = 0; all || i < wanted; i++) {
                Received<Lease<byte[]>> taken = take(queue);
                if (taken instanceof Received.Value<Lease<byte[]>>(Lease<byte[]> lease)) {
                    print(lease);
                } else if (taken instanceof Received.Empty && !all) {
                    say(address + ": nothing within --wait");
                    return CommandLine.ExitCode.SOFTWARE;
                } else {
                    break;
                }
            }
        }
        return CommandLine.ExitCode.OK;
    }

    private Received<Lease<byte[]>> take(Queue<byte[]> queue) {
        return patience.await(queue::tryTake, taken -> taken instanceof Received.Empty, queue::takeOrEnd);
    }

    private static void print(Lease<byte[]> lease) throws IOException {
        try (lease) {
            ByteSink out = StandardStreams.out();
            out.write((Items.text(lease.item()) + "\n").getBytes(UTF_8));
            lease.done();
        }
    }
}
