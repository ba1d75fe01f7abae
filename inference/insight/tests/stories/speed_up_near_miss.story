# Slow, but over 100 words a minute.
device-check
0:00 speak 104
1:00 end
expect no hint speed_up
hint 0:30.2 good_eye_contact | eyes on the camera for 100 % of the last 20 s
