package dev.sluice.cli.space;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// `shm:SPACE/OBJECT`, as it is typed.
///
/// @param space `shm:SPACE`
record ObjectAddress(String space, String object) {
    @Override
    public String toString() {
        return space + "/" + object;
    }

    /// What picocli reads them with.
    static final class Reader implements ITypeConverter<ObjectAddress> {
        @Override
        public ObjectAddress convert(String text) {
            int end = text.indexOf('/');
            if (end < 0 || end == text.length() - 1 || !Items.isShm(text.substring(0, end))) {
                throw new TypeConversionException("'" + text + "' is not like shm:SPACE/QUEUE");
            }
            return new ObjectAddress(text.substring(0, end), text.substring(end + 1));
        }
    }
}
