<?php

declare(strict_types=1);

namespace Countermark\Error;

/** An error of the table. The subclasses follow the table's classes. */
abstract class CountermarkException extends \RuntimeException implements CountermarkExceptionInterface
{
    final private function __construct(
        int $number,
        private readonly string $detail,
        private readonly ?ServerReport $report,
        ?\Throwable $previous,
    ) {
        $message = ErrorCode::tryFrom($number)?->message() ?? "error $number of a newer library";
        parent::__construct($detail === '' ? $message : "$message: $detail", $number, $previous);
    }

    /** @internal errors come from the library, or from the calls that this package makes between two of its own */
    public static function of(ErrorCode $code, string $detail = '', ?\Throwable $previous = null): self
    {
        return self::ofNumber($code->value, $detail, null, $previous);
    }

    /** @internal */
    public static function ofNumber(
        int $number,
        string $detail = '',
        ?ServerReport $report = null,
        ?\Throwable $previous = null,
    ): self {
        $class = match (ErrorCode::tryFrom($number)?->group()) {
            'caller' => UsageException::class,
            'not_authentic' => VerificationException::class,
            'not_acceptable' => NotAcceptableException::class,
            'login_ended' => LoginException::class,
            'server' => ServerException::class,
            'transport' => TransportException::class,
            default => LibraryException::class,
        };
        return new $class($number, $detail, $report, $previous);
    }

    final public function errorCode(): ?ErrorCode
    {
        return ErrorCode::tryFrom((int) $this->getCode());
    }

    final public function detail(): string
    {
        return $this->detail;
    }

    final public function publicMessage(): string
    {
        return $this->errorCode()?->publicMessage() ?? ErrorCode::Internal->publicMessage();
    }

    final public function httpStatus(): int
    {
        return $this->errorCode()?->httpStatus() ?? ErrorCode::Internal->httpStatus();
    }

    final public function isRetryable(): bool
    {
        return $this->errorCode()?->isRetryable() ?? false;
    }

    /** What the server said, if it was a server that refused. */
    final public function serverReport(): ?ServerReport
    {
        return $this->report;
    }
}
