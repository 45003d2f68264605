<?php

declare(strict_types=1);

namespace Countermark\Error;

/** 1xxx: a mistake of the caller or in the configuration. */
final class UsageException extends CountermarkException
{
}
