/// `sluice put`, `take` and `space`: shared objects from the shell.
@NullMarked
package dev.sluice.cli.space;

import org.jspecify.annotations.NullMarked;
