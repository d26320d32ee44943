package dev.sluice.internal.poll;

import dev.sluice.internal.linux.Errno;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.UnsupportedAddressTypeException;

/// The numbers of errors that the JDK has made exceptions of: by their text, which is the system's, and where
/// that is in another language by their type.
final class NioErrors {
    private NioErrors() {}

    /// A call of the JDK's.
    @FunctionalInterface
    interface Call {
        int run() throws IOException;
    }

    /// What a call gives: its result, or the negated `errno`.
    static int result(Call call) {
        try {
            return call.run();
        } catch (IOException failure) {
            return -errno(failure);
        } catch (NotYetConnectedException _) {
            return -Errno.ENOTCONN;
        } catch (UnsupportedAddressTypeException _) {
            return -Errno.EAFNOSUPPORT;
        } catch (UnsupportedOperationException _) {
            return -Errno.EOPNOTSUPP;
        }
    }

    static int errno(IOException failure) {
        String text = String.valueOf(failure.getMessage());
        if (text.equals("Connection reset")) { // the JDK's own words
            return Errno.ECONNRESET;
        }
        int known = Errno.ofText(text);
        return known != 0 ? known : ofType(failure);
    }

    private static int ofType(IOException failure) {
        return switch (failure) {
            case PortUnreachableException _ -> Errno.ECONNREFUSED;
            case ConnectException _ -> Errno.ECONNREFUSED;
            case BindException _ -> Errno.EADDRINUSE;
            case NoRouteToHostException _ -> Errno.EHOSTUNREACH;
            case ClosedChannelException _ -> Errno.EBADF;
            default -> Errno.EIO;
        };
    }
}
