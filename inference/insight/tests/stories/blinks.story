# A blink every three seconds: counted, and no loss of contact.
device-check
no-hints
0:00 speak 140
0:00 blink
1:00 end
expect blink_rate over 17
expect blink_rate under 22
expect eye_contact over 0.98
