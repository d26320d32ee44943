/// What races at channels need that is not visible outside their package.
@NullMarked
package dev.sluice.channel;

import org.jspecify.annotations.NullMarked;
