'use strict';

const mailer = require('nodemailer');

async function send(to, subject) {
  const transport = mailer.createTransport({ host: 'localhost', port: 25 });
  await transport.sendMail({ from: 'shop@localhost', to, subject });
}

send('root@localhost', 'Your order');
