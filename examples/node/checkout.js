'use strict';

const customers = [
  { name: 'Ada', address: { city: 'London', zip: 'N1' } },
  { name: 'Grace' },
];

function log(level, message, fields) {
  console.error(JSON.stringify({ time: new Date().toISOString(), level, service: 'checkout', message, ...fields }));
}

function label(customer) {
  const city = customer.address.city;
  return `${customer.name}, ${city}`;
}

for (const customer of customers) {
  try {
    log('info', 'label printed', { label: label(customer) });
  } catch (error) {
    log('error', error.message, { error: { type: error.name, stack: error.stack } });
    process.exitCode = 1;
  }
}
