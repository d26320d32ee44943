package dev.sluice.layer;

import dev.sluice.net.Address;
import dev.sluice.net.Connection;
import dev.sluice.tls.TlsConnection;
import dev.sluice.tls.TlsContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// The layers of one connection: built from the bottom up, used at the top, seen as a table.
///
///     Stack.over(Tcp.connect("host:9000")).deflate().frames().cbor(Order.class)
///
///     6  cbor Order       Messages<Order>   send(order), receive()
///     5  length 4 bytes   Frames            send(bytes), receive()
///     6  deflate          Stack             a Connection of bytes
///     4  tcp a->b         Connection
///
/// A stack is itself a [Connection], that of its top layer. Each step makes a new stack, and uses up the one
/// before. If a layer cannot be put on, because a handshake fails, say, everything below it is aborted: nobody
/// else could.
///
/// Threads: as [Connection].
public final class Stack implements Connection {
    private final Connection top;
    private final List<Rung> rungs; // from the bottom up

    /// One layer that was put on.
    private record Rung(int osi, String name, Connection connection) {
        LayerStatistics statistics() {
            return LayerStatistics.of(osi, name, connection.statistics());
        }
    }

    private Stack(Connection top, List<Rung> rungs) {
        this.top = top;
        this.rungs = rungs;
    }

    /// A stack of a transport alone.
    ///
    /// @param connection belongs to the stack from now on; if it is a stack, the same one
    public static Stack over(Connection connection) {
        if (connection instanceof Stack stack) {
            return stack;
        }
        return new Stack(connection, List.of(new Rung(4, connection.toString(), connection)));
    }

    /// Puts a layer on top.
    ///
    /// @throws IOException if the layer cannot be put on; the connection has been aborted then
    public Stack layer(Layer layer) throws IOException {
        Connection above;
        try {
            above = layer.over(top);
        } catch (Throwable failure) {
            top.abort();
            throw failure;
        }
        return with(new Rung(layer.osi(), layer.name(), above));
    }

    private Stack with(Rung rung) {
        List<Rung> higher = new ArrayList<>(rungs);
        higher.add(rung);
        return new Stack(rung.connection, List.copyOf(higher));
    }

    /// Encrypts, as the client; see [TlsContext#connect]. Its row in the table names the version of TLS.
    ///
    /// @param host whom the peer must be: a name or an address that its certificate is for
    /// @throws dev.sluice.tls.TlsException if the two do not agree; the connection has been closed then
    public Stack tls(TlsContext context, String host) throws IOException {
        return encrypted(context.connect(top, host));
    }

    /// Encrypts, as the server; see [TlsContext#accept].
    ///
    /// @throws dev.sluice.tls.TlsException if the two do not agree; the connection has been closed then
    /// @throws IllegalStateException if the context has no identity
    public Stack tls(TlsContext context) throws IOException {
        return encrypted(context.accept(top));
    }

    private Stack encrypted(TlsConnection secure) {
        return with(new Rung(6, "tls " + secure.session().getProtocol(), secure));
    }

    /// Compresses, with [Deflate#defaults].
    public Stack deflate() throws IOException {
        return layer(Deflate.defaults());
    }

    /// Lets so many bytes a second pass, in each direction.
    ///
    /// @param bytesPerSecond at least 1
    public Stack throttle(long bytesPerSecond) throws IOException {
        return layer(Layer.throttle(bytesPerSecond));
    }

    // ---- from bytes to frames

    /// Frames behind a length of 4 bytes, big endian, with at most 1 MiB each.
    public Frames frames() throws IOException {
        return frames(Framing.lengthPrefix(4));
    }

    /// Frames of some kind.
    ///
    /// @throws IOException if the framing has to talk to the peer, and cannot; the connection has been aborted
    ///     then
    public Frames frames(Framing framing) throws IOException {
        try {
            return framing.over(this);
        } catch (Throwable failure) {
            top.abort();
            throw failure;
        }
    }

    /// Lines of text in UTF-8, of at most 64 KiB; each is sent with a line feed, and received without it, and
    /// without a carriage return before it.
    public Messages<String> lines() throws IOException {
        return frames(Framing.lines()).utf8();
    }

    // ---- looking inside

    /// What has passed each layer so far, from the top down.
    public List<LayerStatistics> layers() {
        return rungs.reversed().stream().map(Rung::statistics).toList();
    }

    /// What has passed each layer so far, as a table for people.
    public String describe() {
        return LayerStatistics.table(layers());
    }

    // ---- the connection at the top

    /// The connection of the top layer.
    Connection top() {
        return top;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return top.read(into);
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        top.write(from);
    }

    @Override
    public void closeOutput() throws IOException {
        top.closeOutput();
    }

    @Override
    public void close() throws IOException {
        top.close();
    }

    @Override
    public void abort() {
        top.abort();
    }

    @Override
    public Address local() {
        return top.local();
    }

    @Override
    public Address remote() {
        return top.remote();
    }

    @Override
    public Statistics statistics() {
        return top.statistics();
    }

    @Override
    public String toString() {
        return top.toString();
    }
}
