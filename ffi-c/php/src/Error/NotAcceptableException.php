<?php

declare(strict_types=1);

namespace Countermark\Error;

/** 3xxx: authentic, but not acceptable now: too old, or used already. */
final class NotAcceptableException extends VerificationException
{
}
