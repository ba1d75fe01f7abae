# Nodding along, a second and a half out of every five.
device-check
no-hints
0:00 speak 140
0:00 nod 4
1:00 end
expect nods over 10
expect shakes under 0.1
expect eye_contact over 0.9
