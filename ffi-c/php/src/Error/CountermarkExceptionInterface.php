<?php

declare(strict_types=1);

namespace Countermark\Error;

/** What every exception of this package is. Its text is for logs and holds no secret; visitors get `publicMessage()`. */
interface CountermarkExceptionInterface extends \Throwable
{
    /** The row of the error table; null for a number that a newer library gave. `getCode()` has the number always. */
    public function errorCode(): ?ErrorCode;

    /** What it is about, such as the name of a field or a header; may be empty. */
    public function detail(): string;

    /** The text that a remote party may see. */
    public function publicMessage(): string;

    /** The HTTP status to answer. */
    public function httpStatus(): int;

    /** Whether the same call may succeed later without any change. */
    public function isRetryable(): bool;
}
