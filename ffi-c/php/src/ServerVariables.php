<?php

declare(strict_types=1);

namespace Countermark;

/**
 * The texts of `$_SERVER` as the web server gave them.
 *
 * @internal
 */
final class ServerVariables
{
    /** @return array<array-key, string> */
    public static function all(): array
    {
        $areSlashed = self::areSlashed();
        $texts = [];
        foreach ($_SERVER as $name => $value) {
            if (\is_string($value)) {
                $texts[$name] = $areSlashed ? \stripslashes($value) : $value;
            }
        }
        return $texts;
    }

    /** WordPress puts a backslash before each quote in them, right before the first action that comes after its plugins are loaded. */
    private static function areSlashed(): bool
    {
        return \function_exists('wp_magic_quotes') && \function_exists('did_action') && \did_action('sanitize_comment_cookies') > 0;
    }
}
