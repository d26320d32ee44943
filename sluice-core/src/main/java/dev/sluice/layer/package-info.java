/// Protocol layers over connections: bytes become other bytes, then frames, then messages.
///
/// ```java
/// var orders = Stack.over(Tcp.connect("host:9000")).deflate().frames().cbor(Order.class);
/// orders.send(order);
/// Optional<Order> reply = orders.receive(); // empty at the end
/// IO.println(orders.describe());
/// ```
///
/// Each layer knows its number in the OSI model and counts what passes. What a peer sends that it must not send
/// is a [dev.sluice.layer.LayerException], which names the peer and the limit; nothing is allocated because a
/// peer has announced a length.
///
/// Start reading at [Stack], then [Frames] and [Messages]; to write a layer, at [Layer] and [Framing].
@NullMarked
package dev.sluice.layer;

import org.jspecify.annotations.NullMarked;
