/// Codecs for JSON (RFC 8259), by Jackson: see [dev.sluice.json.Json].
@NullMarked
package dev.sluice.json;

import org.jspecify.annotations.NullMarked;
