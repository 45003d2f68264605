<?php

declare(strict_types=1);

namespace Countermark\Error;

/** 2xxx: not authentic. */
class VerificationException extends CountermarkException
{
}
