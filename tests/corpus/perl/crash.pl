# Crashes in the way that the first argument names; each crashing line carries a mark.
use strict;
use warnings;
use Carp;

sub undefined_value {
    my ($basket) = @_;
    return $basket->{owner}->name;    # crash: undefined-value
}

sub division {
    my ($count) = @_;
    return 10 / $count;    # crash: division
}

sub missing_module {
    require Pricelib::OfNobody;    # crash: missing-module
}

sub missing_file {
    open( my $file, '<', '/srv/desk/prices.csv' ) or die "Cannot open prices: $!";    # crash: missing-file
    return $file;
}

sub missing_method {
    return Basket->total;    # crash: missing-method
}

sub not_a_hash {
    my $rows = [1];
    return $rows->{price};    # crash: not-a-hash
}

sub undefined_subroutine {
    return basket_total(1);    # crash: undefined-subroutine
}

sub confessed {
    confess 'the till is closed';    # crash: confessed
}

my %ways = (
    'undefined-value'      => sub { undefined_value( {} ) },
    'division'             => sub { division(0) },
    'missing-module'       => sub { missing_module() },
    'missing-file'         => sub { missing_file() },
    'missing-method'       => sub { missing_method() },
    'not-a-hash'           => sub { not_a_hash() },
    'undefined-subroutine' => sub { undefined_subroutine() },
    'confessed'            => sub { confessed() },
);
$ways{ $ARGV[0] }->();
