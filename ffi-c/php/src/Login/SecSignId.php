<?php

declare(strict_types=1);

namespace Countermark\Login;

use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Native;

/** The names of users at the ID server. */
final class SecSignId
{
    /**
     * The form that is sent and compared: blanks around it trimmed, ASCII letters lowered. Other letters are never folded.
     *
     * @throws CountermarkExceptionInterface INVALID_SECSIGN_ID
     */
    public static function normalize(string $secsignId): string
    {
        return Native::library()->normalizeSecsignId($secsignId);
    }
}
