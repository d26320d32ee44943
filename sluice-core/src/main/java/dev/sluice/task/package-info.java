@NullMarked
package dev.sluice.task;

import org.jspecify.annotations.NullMarked;
