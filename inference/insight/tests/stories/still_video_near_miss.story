# A calm head is no photograph.
device-check
0:00 speak 140
0:00 restless 0.5
1:00 end
expect confidence over 60
hint 0:30.2 good_eye_contact | eyes on the camera for 100 % of the last 20 s
