# The same pace with a pause of 400 ms after each phrase.
device-check
0:00 speak 150
0:40 end
expect no hint take_a_breath
hint 0:30.2 good_eye_contact | eyes on the camera for 100 % of the last 20 s
