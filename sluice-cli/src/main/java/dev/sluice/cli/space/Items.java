package dev.sluice.cli.space;

import dev.sluice.cli.map.DurationText;
import dev.sluice.cli.map.UsageException;
import dev.sluice.codec.Cbor;
import dev.sluice.codec.Codec;
import dev.sluice.codec.CodecException;
import dev.sluice.internal.shm.Inspection;
import dev.sluice.space.Space;
import dev.sluice.space.SpaceException;
import dev.sluice.space.SpaceException.Problem;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Items as the shell has them. Each is text, as CBOR: `space.queue(name, String.class)`.
final class Items {
    private static final Codec<String> TEXT = Cbor.of(String.class);
    private static final String SHM = "shm:";

    private Items() {}

    static byte[] encoded(String text) {
        return TEXT.encode(text);
    }

    /// The text of an item; of one that is something else, what it is: RFC 8949, 8.
    static String text(byte[] item) {
        try {
            return TEXT.decode(item);
        } catch (CodecException other) {
            return Cbor.describe(item);
        }
    }

    /// Checks that somebody has made a space.
    static void requireSpace(String address) {
        if (!Inspection.exists(shmName(address))) {
            throw new SpaceException(
                    Problem.UNAVAILABLE, address + ": no such space, expected one that sluice space ls lists");
        }
    }

    /// Whether an address is that of a space that other processes can have. One of `local:` ends with the command, and
    /// what is put there with it.
    static boolean isShm(String address) {
        return address.startsWith(SHM) && address.length() > SHM.length();
    }

    /// The name of a `shm:` space.
    static String shmName(String address) {
        if (!isShm(address) || address.indexOf('/') >= 0) {
            throw new IllegalArgumentException("'" + address + "' is not like shm:SPACE");
        }
        return address.substring(SHM.length());
    }

    /// How long to wait, as it is typed: nothing, like `0` or `0ms`, or as for `sluice map --timeout`.
    static final class Wait implements ITypeConverter<Duration> {
        private static final Pattern NO_TIME = Pattern.compile("0+(\\.0+)?(ms|s|m|h|d)?");

        @Override
        public @Nullable Duration convert(String text) {
            try {
                return NO_TIME.matcher(text).matches() ? Duration.ZERO : DurationText.parse(text);
            } catch (UsageException wrong) {
                throw new TypeConversionException(String.valueOf(wrong.getMessage()));
            }
        }
    }

    /// Who waits for what is not there would wait for ever, and leave an empty one behind. Of what is there and cannot
    /// be
    /// used, its opening says why.
    ///
    /// @param missing what to say if nobody has made it
    /// @throws SpaceException `UNAVAILABLE` if nobody has
    static void requireThere(Space opened, String object, String missing) {
        if (opened.list().stream().noneMatch(item -> item.name().equals(object))
                && !Inspection.exists(shmName(opened.address()), object)) {
            throw new SpaceException(Problem.UNAVAILABLE, missing + ", expected one that has been made");
        }
    }
}
