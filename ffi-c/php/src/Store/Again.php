<?php

declare(strict_types=1);

namespace Countermark\Store;

/**
 * Tries again what a store could not do: while its key is taken, the sender's own next try is refused.
 *
 * @internal
 */
final class Again
{
    /** Before each try: a connection that was lost is made anew at once, and a server that starts takes a moment. */
    private const PAUSES_MS = [0, 200, 1000];

    /** @param \Closure(): void $step throws until it is done */
    public static function isDone(\Closure $step): bool
    {
        foreach (self::PAUSES_MS as $pauseMs) {
            \usleep($pauseMs * 1000);
            try {
                $step();
                return true;
            } catch (\Throwable) {
                // Whoever asks has the reason of the first time.
            }
        }
        return false;
    }
}
