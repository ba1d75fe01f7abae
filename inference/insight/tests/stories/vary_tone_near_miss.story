# A narrow voice, but over 1.5 semitones.
device-check
0:00 speak 140
0:00 tone 1.8
1:00 end
expect no hint vary_tone
hint 0:30.2 good_eye_contact | eyes on the camera for 100 % of the last 20 s
