/// `local:` spaces: shared objects within one process.
///
/// A [Realm] is what a name stands for; a [LocalSpace] is one opening of it. Each object is a [Monitor], its
/// state with the lock around it and the lines of those who wait, and a small handle for each opening that says
/// who asks. What somebody holds is a [Claim]: it comes back when it is given back, when its task ends, or when
/// its opening is closed, whatever is first.
///
/// Start reading at [Monitor], then [QueueState].
@NullMarked
package dev.sluice.internal.local;

import org.jspecify.annotations.NullMarked;
